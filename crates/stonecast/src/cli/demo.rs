//! `stonecast demo`: the whole job on a synthetic pair made on the spot.

use std::path::PathBuf;

use clap::Args;
use stonecast_cast::intake::Stated;
use stonecast_dental::{Acquisition, AcquisitionMethod, ScanRole};
use stonecast_mesh::formats::encode_stl;
use stonecast_picture::Size;
use stonecast_testkit::{DentitionSpec, demo_spec, dentition, motion::random_motion};

use super::{Answer, Console, Failure, cast};
use crate::pipeline::{Job, ScanFile};

/// Make a cast of a synthetic pair, from raw scans to pictures
///
/// The pair is made on the spot, from no patient, and stands in occlusion in a pose that the program is not told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast demo
  stonecast demo --seed 7 --base horseshoe --out horseshoe-demo")]
pub struct DemoArgs {
    /// Which dentition to make: the same number, the same dentition
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many triangles each scan has, about
    #[arg(long, value_name = "N", default_value_t = 60_000, value_parser = clap::value_parser!(u32).range(5_000..=1_000_000))]
    triangles: u32,
    #[command(flatten)]
    making: cast::MakingArgs,
    /// The case folder to make
    #[arg(
        short,
        long,
        value_name = "CASE",
        default_value = "stonecast-demo",
        help_heading = "Output"
    )]
    out: PathBuf,
    /// Replace the case folder if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
}

pub(super) fn run(args: &DemoArgs, console: &Console) -> Result<Answer, Failure> {
    cast::check_out(&args.out, args.force)?;
    let (params, edits) = args.making.settle()?;
    console.expect_steps(18);
    let files = console.step("make the synthetic scans", || scans(args));
    let job = Job {
        files,
        edits,
        params,
        stated: args.making.stated(),
        pictures: Some(Size::new(1200, 900)),
        teeth: args.making.teeth(),
        measure: args.making.measure(),
        occlusion: args.making.occlusion(),
        out: args.out.clone(),
        force: args.force,
    };
    cast::do_job(job, &args.out, console)
}

/// Two STL files of a pair in occlusion, in a common frame that is not the cast frame.
fn scans(args: &DemoArgs) -> Vec<ScanFile> {
    let spec = demo_spec();
    let seed = args.seed.unwrap_or(spec.seed);
    let pair = dentition(&DentitionSpec {
        seed,
        triangles: args.triangles as usize,
        ..spec
    });
    let scanner_from_cast = random_motion(seed);
    [(&pair.upper, ScanRole::Upper), (&pair.lower, ScanRole::Lower)]
        .map(|(arch, role)| ScanFile {
            bytes: encode_stl(&arch.mesh.transformed(&scanner_from_cast)),
            file_name: Some(format!("{role}.stl")),
            stated: Stated {
                role: Some(role),
                unit: None,
                acquisition: Acquisition {
                    method: AcquisitionMethod::Synthetic,
                    ..Acquisition::default()
                },
            },
        })
        .into()
}
