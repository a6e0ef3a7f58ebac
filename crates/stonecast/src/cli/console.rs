//! Where words go: results to stdout, everything else to stderr.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    sync::{Mutex, MutexGuard},
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
    timings: Mutex<Timings>,
}

/// Which steps run since when, and how long those took that have ended.
#[derive(Debug, Default)]
struct Timings {
    running: BTreeMap<String, Instant>,
    done: Vec<(String, Duration)>,
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
        self.observe(name, true);
        let done = work();
        self.observe(name, false);
        done
    }

    /// Notes that a step of the work begins or ends.
    pub fn observe(&self, name: &str, begins: bool) {
        let mut timings = self.timings();
        if begins {
            timings.running.insert(name.to_owned(), Instant::now());
        } else if let Some(start) = timings.running.remove(name) {
            timings.done.push((name.to_owned(), start.elapsed()));
            self.bar.inc(1);
        }
        let running: Vec<&str> = timings.running.keys().map(String::as_str).collect();
        self.bar.set_message(running.join(", "));
    }

    /// Prints a line of the result as soon as it is known.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub fn say(&self, line: &str) -> io::Result<()> {
        if self.json || self.quiet {
            return Ok(());
        }
        self.bar.suspend(|| writeln!(io::stdout().lock(), "{line}"))
    }

    fn timings(&self) -> MutexGuard<'_, Timings> {
        self.timings
            .lock()
            .expect("nothing panics while it holds the list")
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
                if !self.json {
                    for fault in &answer.errors {
                        writeln!(err, "error: {}", fault.message)?;
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
        let milliseconds = |elapsed: Duration| elapsed.as_secs_f64() * 1e3;
        for (name, elapsed) in &self.timings().done {
            writeln!(err, "{:>9.1} ms  {name}", milliseconds(*elapsed))?;
        }
        writeln!(err, "{:>9.1} ms  in all", milliseconds(self.started.elapsed()))
    }
}

fn write_warning(err: &mut impl Write, warning: &Warning) -> io::Result<()> {
    writeln!(err, "warning: {}", warning.message)?;
    writeln!(err, "  to do: {}", warning.remedy)
}
