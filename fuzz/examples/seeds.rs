//! Writes the corpora that the fuzz targets start from: `cargo run --example seeds`.

use std::path::Path;

use stonecast_fuzz::samples::seeds;
use stonecast_mesh::formats::Format;

fn main() -> std::io::Result<()> {
    for format in Format::ALL {
        let target = match format {
            Format::ThreeMf => "threemf",
            other => other.extension(),
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        for (i, bytes) in seeds(format).iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{i}")), bytes)?;
        }
    }
    Ok(())
}
