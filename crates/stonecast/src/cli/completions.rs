//! `stonecast completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;
use serde_json::json;

use super::Answer;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast completions bash > ~/.local/share/bash-completion/completions/stonecast
  stonecast completions zsh > ~/.zfunc/_stonecast
  stonecast completions fish > ~/.config/fish/completions/stonecast.fish")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, mut command: clap::Command) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "stonecast", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::new(
        &json!({ "shell": args.shell.to_string(), "script": script }),
        script,
    )
}
