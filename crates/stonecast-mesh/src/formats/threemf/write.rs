//! Writes 3MF.

use std::fmt::Write as _;
use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::super::xml::escape;
use super::super::{DeclaredUnit, Part};
use super::model::unit_word;

const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>"#,
    "</Types>"
);

const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Target="/3D/3dmodel.model" Id="model" "#,
    r#"Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>"#,
    "</Relationships>"
);

/// The text of a mesh takes five times as long at the usual level, and loses a fifth more.
const FASTEST: i64 = 1;

/// Writes parts as a 3MF package: an object and an item each, coordinates in the shortest form that reads back
/// the same. Triangles that name a vertex twice, which 3MF forbids, are left out; colours, scalars and labels
/// have no place. The package carries no time, so the same parts give the same bytes.
///
/// # Errors
/// Those of the writer.
pub fn write_threemf(out: impl Write + Seek, parts: &[Part], unit: DeclaredUnit) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(FASTEST))
        .last_modified_time(DateTime::default());
    let mut package = ZipWriter::new(out);
    package.start_file("[Content_Types].xml", options)?;
    package.write_all(CONTENT_TYPES.as_bytes())?;
    package.start_file("_rels/.rels", options)?;
    package.write_all(RELATIONS.as_bytes())?;
    package.start_file("3D/3dmodel.model", options.large_file(false))?;
    write_model(&mut package, parts, unit)?;
    package.finish()?;
    Ok(())
}

fn write_model(out: &mut impl Write, parts: &[Part], unit: DeclaredUnit) -> io::Result<()> {
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"{}\" xml:lang=\"en-US\" \
         xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\n\
         <metadata name=\"Application\">Stonecast</metadata>\n<resources>\n",
        unit_word(unit)
    )?;
    // Written in pieces of text: the compressor is slow with many small writes.
    let mut text = String::with_capacity(1 << 16);
    for (i, part) in parts.iter().enumerate() {
        let name = part
            .name
            .as_deref()
            .map(|name| format!(" name=\"{}\"", escape(name)));
        writeln!(
            out,
            "<object id=\"{}\" type=\"model\"{}>",
            i + 1,
            name.unwrap_or_default()
        )?;
        out.write_all(b"<mesh><vertices>\n")?;
        for p in part.mesh.points() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "<vertex x=\"{}\" y=\"{}\" z=\"{}\"/>", p.x, p.y, p.z);
            flush(out, &mut text, 1 << 15)?;
        }
        flush(out, &mut text, 0)?;
        out.write_all(b"</vertices><triangles>\n")?;
        for [a, b, c] in part.mesh.faces() {
            if a == b || b == c || c == a {
                continue;
            }
            let _ = writeln!(text, "<triangle v1=\"{}\" v2=\"{}\" v3=\"{}\"/>", a.0, b.0, c.0);
            flush(out, &mut text, 1 << 15)?;
        }
        flush(out, &mut text, 0)?;
        out.write_all(b"</triangles></mesh></object>\n")?;
    }
    out.write_all(b"</resources>\n<build>\n")?;
    for i in 1..=parts.len() {
        writeln!(out, "<item objectid=\"{i}\"/>")?;
    }
    out.write_all(b"</build>\n</model>\n")
}

fn flush(out: &mut impl Write, text: &mut String, above: usize) -> io::Result<()> {
    if text.len() > above {
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(())
}

/// Parts as the bytes of a 3MF package; see [`write_threemf`].
pub fn encode_threemf(parts: &[Part], unit: DeclaredUnit) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_threemf(io::Cursor::new(&mut bytes), parts, unit).expect("writing to memory does not fail");
    bytes
}
