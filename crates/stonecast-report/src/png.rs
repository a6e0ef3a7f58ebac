//! A picture of a drawing.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    let font = include_bytes!("../../../assets/fonts/DejaVuSans-Bold-subset.ttf");
    fonts.load_font_data(font.to_vec());
    Arc::new(fonts)
});

/// A PNG of an SVG made by this crate, `scale` times as many pixels wide as the drawing has units.
///
/// # Errors
/// If it is no SVG that can be rendered, or its size at this scale is nothing or too large.
pub fn render(svg: &str, scale: f32) -> Result<Vec<u8>, String> {
    let options = usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_family: "DejaVu Sans".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| e.to_string())?;
    let size = tree.size();
    let pixels = |length: f32| (length * scale).round().clamp(0.0, 20_000.0) as u32;
    let mut pixmap = tiny_skia::Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| format!("a picture of {size:?} times {scale} cannot be made"))?;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    pixmap.encode_png().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_rendered_in_our_own_font_and_nonsense_is_an_error() {
        let svg = |words: &str| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"20\"><rect width=\"90\" height=\"20\" \
                 fill=\"#fff\"/><text x=\"2\" y=\"15\" font-family=\"DejaVu Sans, sans-serif\" font-weight=\"700\" \
                 font-size=\"12\">{words}</text></svg>"
            )
        };
        let blank = render(&svg(""), 1.0).unwrap();
        let words = render(&svg("± 0.2 mm"), 1.0).unwrap();
        assert!(words.starts_with(b"\x89PNG"));
        assert!(words != blank, "the words are not there");
        assert!(render("no drawing", 1.0).is_err());
        assert!(render(&svg(""), 0.0).is_err());
    }
}
