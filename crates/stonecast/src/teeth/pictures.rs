//! Pictures of labelled teeth.

use stonecast_picture::{Matrix, Picture};
use stonecast_teeth::score::Confusion;

/// Which numbers are taken for which: a row for each true number, a column for each found one.
pub fn confusion_picture(confusion: &Confusion) -> Picture {
    let labels = confusion.labels();
    let names: Vec<String> = labels
        .iter()
        .map(|l| l.map_or_else(|| "gum".to_owned(), |t| t.to_string()))
        .collect();
    let shares = labels.iter().map(|&truth| {
        let total: usize = labels.iter().map(|&f| confusion.count(truth, f)).sum();
        let share = |found| confusion.count(truth, found) as f64 / total.max(1) as f64;
        labels.iter().map(|&found| share(found)).collect()
    });
    let matrix = Matrix {
        heading: "Share of each tooth's vertices, by the number found".to_owned(),
        row_title: "true".to_owned(),
        column_title: "found".to_owned(),
        shares: shares.collect(),
        rows: names.clone(),
        columns: names,
    };
    matrix.draw()
}
