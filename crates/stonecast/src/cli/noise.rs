//! The scanner's noise, as every command that measures is told it.

use clap::Args;
use stonecast_analysis::Noise;

use super::Failure;
use crate::measure::settings::{self, Given, SettingsError};

/// Whose noise is assumed; without either, that of the case's last measuring, else the table's default.
#[derive(Debug, Args)]
#[command(next_help_heading = "Measuring")]
pub(super) struct NoiseArgs {
    /// The scanner, whose noise is assumed; `tables/scanner_noise.toml` names them
    #[arg(long, value_name = "NAME", conflicts_with = "noise")]
    scanner: Option<String>,
    /// The scanner's noise as standard deviations: of a point, and of one end of an arch against the other
    #[arg(long, value_name = "LOCAL_MM,TRUENESS_MM")]
    noise: Option<String>,
}

impl NoiseArgs {
    /// The noise, where it was given.
    pub(super) fn given(&self) -> Result<Option<Noise>, Failure> {
        let noise = match (&self.scanner, &self.noise) {
            (Some(name), _) => settings::scanner(name).map(Some),
            (None, Some(text)) => settings::noise(text).map(Some),
            (None, None) => Ok(None),
        };
        noise.map_err(|e: SettingsError| Failure::refused("settings", e.to_string()))
    }

    /// The same as settings in which nothing else was given.
    pub(super) fn alone(&self) -> Result<Given, Failure> {
        Ok(Given {
            noise: self.given()?,
            ..Given::default()
        })
    }
}
