//! Units at boundaries: a length is never passed where an angle is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $symbol:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// The unit's symbol, as printed after the number.
            pub const SYMBOL: &'static str = $symbol;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let precision = f.precision().unwrap_or(2);
                write!(f, concat!("{:.*} ", $symbol), precision, self.0)
            }
        }
    };
}

unit!(
    /// A length in millimetres.
    Mm,
    "mm"
);
unit!(
    /// An angle in degrees.
    Deg,
    "°"
);
unit!(
    /// An area in square millimetres.
    Mm2,
    "mm²"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_print_their_symbol() {
        assert_eq!(Mm(1.234).to_string(), "1.23 mm");
        assert_eq!(format!("{:.0}", Deg(89.6)), "90 °");
    }
}
