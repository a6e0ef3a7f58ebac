//! The command line: one file for each command.
//!
//! A command takes its arguments and a [`Console`] and gives an [`Answer`] or a [`Failure`]; this file alone turns
//! those into words and an exit code: 0 done, 1 failed, 2 input refused, 3 done in part. Files are named in messages by the option
//! or the place at which they were given, never by their names, which may name a patient.

pub mod answer;
pub mod console;

mod articulate;
mod cast;
mod completions;
mod convert;
mod demo;
mod findings;
mod inspect;
mod measure;
mod measure_batch;
mod measure_compare;
mod noise;
mod occlusion;
mod sources;
mod teeth;
mod teeth_score;
mod view;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

pub use self::{
    answer::{Answer, Failure, Fault},
    console::Console,
};

/// Two raw arch scans to a diagnostic cast.
#[derive(Debug, Parser)]
#[command(
    name = "stonecast",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

const EXAMPLES: &str = "\
Examples:
  stonecast demo                                   the whole job on a synthetic pair made on the spot
  stonecast cast --upper u.stl --lower l.stl --out case
  stonecast teeth upper.stl --jaw upper --out teeth   number every tooth
  stonecast measure case                           every analysis and index, with uncertainty and evidence
  stonecast occlusion case                         contacts, areas, balance, occlusogram
  stonecast articulate case --sci 35 --bennett 12  guidance and interferences on an articulator
  stonecast view case --view right-buccal --out right.png
  stonecast inspect scan.stl                       what a file holds, and every fault of its surface
  stonecast convert scan.obj scan.ply              any readable format to any writable one

Not a medical device: for documentation, education and research. See LIMITATIONS.md.";

#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
struct Global {
    /// Print one JSON object on stdout (docs/command-line.md describes it)
    #[arg(long, global = true)]
    json: bool,
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print how long each stage took, on stderr
    #[arg(short, long, global = true)]
    verbose: bool,
    /// How many threads to use; the output does not depend on it
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Cast(cast::CastArgs),
    Demo(demo::DemoArgs),
    Teeth(teeth::TeethArgs),
    Measure(measure::MeasureArgs),
    Occlusion(occlusion::OcclusionArgs),
    Articulate(articulate::ArticulateArgs),
    View(view::ViewArgs),
    Inspect(inspect::InspectArgs),
    Convert(convert::ConvertArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Cast(_) => "cast",
            Self::Demo(_) => "demo",
            Self::Inspect(_) => "inspect",
            Self::Convert(_) => "convert",
            Self::Teeth(_) => "teeth",
            Self::Measure(_) => "measure",
            Self::Occlusion(_) => "occlusion",
            Self::Articulate(_) => "articulate",
            Self::View(_) => "view",
            Self::Completions(_) => "completions",
        }
    }

    fn run(&self, console: &Console) -> Result<Answer, Failure> {
        match self {
            Self::Cast(args) => cast::run(args, console),
            Self::Demo(args) => demo::run(args, console),
            Self::Inspect(args) => inspect::run(args, console),
            Self::Convert(args) => convert::run(args, console),
            Self::Teeth(args) => teeth::run(args, console),
            Self::Measure(args) => measure::run(args, console),
            Self::Occlusion(args) => occlusion::run(args, console),
            Self::Articulate(args) => articulate::run(args, console),
            Self::View(args) => view::run(args, console),
            Self::Completions(args) => Ok(completions::run(args, Cli::command())),
        }
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let Cli { command, global } = Cli::parse();
    let console = Console::new(global.json, global.quiet, global.verbose);
    let outcome = on_threads(global.threads, || command.run(&console));
    let exit = outcome
        .as_ref()
        .map_or_else(Failure::exit_code, Answer::exit_code);
    match console.finish(command.name(), &outcome) {
        Ok(()) => exit,
        // The reader of a pipe has gone, or the disk is full: nothing more can be said there.
        Err(_) => ExitCode::FAILURE,
    }
}

fn on_threads<T: Send>(
    threads: Option<u16>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    let Some(threads) = threads else { return work() };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.into())
        .build()
        .map_err(|e| {
            Failure::failed(
                "threads",
                format!("{threads} threads cannot be started ({e}): use fewer"),
            )
        })?
        .install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
