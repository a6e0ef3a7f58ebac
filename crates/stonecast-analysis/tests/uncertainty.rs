//! The quick uncertainty of every number against drawing all parts at random.

mod truth;

use stonecast_analysis::{Params, at_random, measure};
use stonecast_testkit::{DentitionSpec, demo_spec};
use truth::TrueCast;

/// 300 draws know a standard deviation to 4 % (one part in the root of twice their number).
const DRAWS: usize = 300;

#[test]
fn drawing_everything_at_random_spreads_numbers_as_the_quick_way_says() {
    let cast = TrueCast::new(&DentitionSpec {
        triangles: 16_000,
        ..demo_spec()
    });
    let params = Params::default();
    let quick = measure(&cast.measured(), &params);
    let mut ratios: Vec<(f64, String)> = at_random(&cast.measured(), &params, DRAWS, 1)
        .into_iter()
        .filter_map(|spread| {
            let number = quick.get(&spread.id)?.number()?;
            (number.uncertainty > 0.0).then(|| (spread.against(&number), spread.id))
        })
        .collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(ratios.len() > 100, "{} numbers", ratios.len());
    let median = ratios[ratios.len() / 2].0;
    assert!((median - 1.0).abs() < 0.05, "median {median}");
    // Distances that are near nothing and extremes of several teeth are not linear: there the quick way is safe, and may
    // say too much. It must hardly ever say too little.
    let too_little = ratios.iter().filter(|(r, _)| *r > 1.5).count();
    assert!(
        too_little * 20 <= ratios.len(),
        "{too_little} of {}: {:?}",
        ratios.len(),
        &ratios[ratios.len().saturating_sub(12)..]
    );
}
