//! Where words go: results to stdout, everything else to stderr.

use std::{
    io::{self, IsTerminal, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use stonecast_dental::Warning;

use super::answer::{Answer, Envelope, Failure};

/// How much is said, and in which form.
#[derive(Debug)]
pub struct Console {
    json: bool,
    quiet: bool,
    verbose: bool,
    started: Instant,
    bar: ProgressBar,
    timings: Mutex<Vec<(String, Duration)>>,
}

impl Console {
    /// A console. The progress bar shows only on a terminal.
    pub fn new(json: bool, quiet: bool, verbose: bool) -> Self {
        let bar = if quiet || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            let style = ProgressStyle::with_template("{spinner} [{bar:24}] {msg}")
                .expect("the template is a constant that a test draws");
            ProgressBar::new(0).with_style(style.progress_chars("=> "))
        };
        Self {
            json,
            quiet,
            verbose,
            started: Instant::now(),
            bar,
            timings: Mutex::default(),
        }
    }

    /// Announces so many steps of work to come.
    pub fn expect_steps(&self, count: u64) {
        self.bar.set_length(count);
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    /// Does one step of the work, which `name` names for the progress bar and the timings.
    pub fn step<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        self.begin(name);
        let start = Instant::now();
        let done = work();
        self.end(name, start.elapsed());
        done
    }

    /// Shows the name of a step that begins.
    pub fn begin(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// Notes that a step took so long.
    pub fn end(&self, name: &str, elapsed: Duration) {
        self.bar.inc(1);
        let mut timings = self
            .timings
            .lock()
            .expect("no step panics while it holds the list");
        timings.push((name.to_owned(), elapsed));
    }

    /// Prints the outcome of a command.
    ///
    /// # Errors
    /// If stdout or stderr cannot be written.
    pub fn finish(&self, command: &str, outcome: &Result<Answer, Failure>) -> io::Result<()> {
        self.bar.finish_and_clear();
        let mut err = io::stderr().lock();
        if self.json {
            let mut out = io::stdout().lock();
            serde_json::to_writer_pretty(&mut out, &Envelope::of(command, outcome))?;
            writeln!(out)?;
        }
        match outcome {
            Ok(answer) => {
                if !self.quiet {
                    for warning in &answer.warnings {
                        write_warning(&mut err, warning)?;
                    }
                }
                if !self.json && !self.quiet {
                    write!(io::stdout().lock(), "{}", answer.text)?;
                }
            }
            Err(failure) if !self.json => {
                for fault in failure.faults() {
                    writeln!(err, "error: {}", fault.message)?;
                }
            }
            Err(_) => {}
        }
        if self.verbose {
            self.write_timings(&mut err)?;
        }
        Ok(())
    }

    fn write_timings(&self, err: &mut impl Write) -> io::Result<()> {
        let timings = self
            .timings
            .lock()
            .expect("no step panics while it holds the list");
        for (name, elapsed) in timings.iter() {
            writeln!(err, "{:>9.1} ms  {name}", elapsed.as_secs_f64() * 1e3)?;
        }
        writeln!(
            err,
            "{:>9.1} ms  in all",
            self.started.elapsed().as_secs_f64() * 1e3
        )
    }
}

fn write_warning(err: &mut impl Write, warning: &Warning) -> io::Result<()> {
    writeln!(err, "warning: {}", warning.message)?;
    writeln!(err, "  to do: {}", warning.remedy)
}
