//! Walks the XML and puts the pieces together.

use super::super::package::Budget;
use super::super::polygon::FaceList;
use super::super::xml::{Node, Tag, Xml};
use super::super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of};
use super::array::{Content, Decoder, Encoding, Kind};
use crate::{FaceData, Point, VertexData, VertexId};

/// Reads a VTP file: a part per piece that has polygons or strips.
///
/// # Errors
/// XML that breaks the rules, arrays that do not fit their sizes or each other, another kind of VTK data,
/// coordinates that are not finite, no triangle at all.
pub fn read_vtp(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let (head, appended) = split_appended(bytes);
    let mut xml = Xml::new(Format::Vtp, head, limits)?;
    if appended.is_some() {
        xml.allow_early_end();
    }
    let mut reader = Reader {
        appended,
        decoder: Decoder {
            encoding: Encoding::default(),
            budget: Budget::default(),
            limits,
        },
        limits,
        notes: Vec::new(),
    };
    let mut parts = Vec::new();
    let mut rooted = false;
    loop {
        match xml.next()? {
            Node::Start(tag) => match tag.name() {
                "VTKFile" => {
                    rooted = true;
                    reader.decoder.encoding = root(&tag)?;
                }
                "PolyData" => {}
                "Piece" => parts.extend(reader.piece(&tag, &mut xml)?),
                _ => xml.skip_element()?,
            },
            Node::Eof if !rooted => {
                return Err(DecodeError::malformed(
                    Format::Vtp,
                    Place::File,
                    "the element <VTKFile>",
                ));
            }
            Node::Eof => break,
            Node::End | Node::Text(_) => {}
        }
    }
    if parts.is_empty() {
        return Err(DecodeError::empty(Format::Vtp, "no piece has a polygon"));
    }
    Ok(Decoded {
        format: Format::Vtp,
        parts,
        declared_unit: None,
        notes: reader.notes,
    })
}

/// The appended data behind its underscore.
#[derive(Clone, Copy)]
struct Appended<'a> {
    bytes: &'a [u8],
    raw: bool,
}

/// Splits the appended data off: raw bytes are no XML.
fn split_appended(bytes: &[u8]) -> (&[u8], Option<Appended<'_>>) {
    const TAG: &[u8] = b"<AppendedData";
    let Some(start) = bytes.windows(TAG.len()).position(|w| w == TAG) else {
        return (bytes, None);
    };
    let rest = &bytes[start..];
    let Some(end) = rest.iter().position(|&b| b == b'>') else {
        return (bytes, None);
    };
    let raw = rest[..end].windows(3).any(|w| w == b"raw");
    let content = rest[end + 1..].trim_ascii_start();
    let Some(content) = content.strip_prefix(b"_") else {
        return (bytes, None);
    };
    (&bytes[..start], Some(Appended { bytes: content, raw }))
}

fn root(tag: &Tag<'_>) -> Result<Encoding, DecodeError> {
    let mut encoding = Encoding::default();
    let mut problem = None;
    tag.attributes(|key, value| {
        match key {
            "type" if value != "PolyData" => problem = Some("VTK data other than PolyData"),
            "byte_order" => encoding.big_endian = value == "BigEndian",
            "header_type" => encoding.wide_sizes = value == "UInt64",
            "compressor" => {
                encoding.compressed = true;
                if value != "vtkZLibDataCompressor" {
                    problem = Some("a compressor other than zlib");
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    match problem {
        None => Ok(encoding),
        Some(what) => {
            let remedy = "save the surface as PolyData with zlib or no compression, or as STL or PLY";
            Err(DecodeError::unsupported(
                Format::Vtp,
                tag.place("VTKFile"),
                what,
                remedy,
            ))
        }
    }
}

struct Reader<'a> {
    appended: Option<Appended<'a>>,
    decoder: Decoder<'a>,
    limits: &'a Limits,
    notes: Vec<Note>,
}

/// An array, decoded.
struct Array {
    name: String,
    kind: Kind,
    components: usize,
    values: Vec<f64>,
}

#[derive(Default)]
struct Cells {
    connectivity: Vec<f64>,
    offsets: Vec<f64>,
}

#[derive(Default)]
struct Piece {
    points: Vec<f64>,
    polys: Cells,
    strips: Cells,
    has_other_cells: bool,
    point_arrays: Vec<Array>,
    cell_arrays: Vec<Array>,
}

impl Reader<'_> {
    /// A piece, its start read; `None` when it has no polygon.
    fn piece(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<Option<Part>, DecodeError> {
        let mut piece = Piece::default();
        let mut declared = [None; 3];
        tag.attributes(|key, value| {
            let of = match key {
                "NumberOfPoints" => 0,
                "NumberOfPolys" => 1,
                "NumberOfStrips" => 2,
                _ => return Ok(()),
            };
            declared[of] = value.trim().parse::<u64>().ok();
            Ok(())
        })?;
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "Points" => {
                        for array in self.arrays(xml)? {
                            piece.points = array.values;
                        }
                    }
                    "Polys" => piece.polys = self.cells(xml)?,
                    "Strips" => piece.strips = self.cells(xml)?,
                    "Verts" | "Lines" => {
                        let cells = self.cells(xml)?;
                        piece.has_other_cells |= !cells.offsets.is_empty();
                    }
                    "PointData" => piece.point_arrays = self.arrays(xml)?,
                    "CellData" => piece.cell_arrays = self.arrays(xml)?,
                    _ => xml.skip_element()?,
                },
                Node::End | Node::Eof => break,
                Node::Text(_) => {}
            }
        }
        let held = [
            piece.points.len() / 3,
            piece.polys.offsets.len(),
            piece.strips.offsets.len(),
        ];
        for (declared, held) in declared.into_iter().zip(held) {
            if declared.is_some_and(|declared| declared != held as u64) {
                let expected = "as many points, polygons and strips as the piece declares";
                return Err(DecodeError::malformed(Format::Vtp, tag.place("Piece"), expected));
            }
        }
        self.part(piece)
    }

    fn cells(&mut self, xml: &mut Xml<'_>) -> Result<Cells, DecodeError> {
        let mut cells = Cells::default();
        for array in self.arrays(xml)? {
            match array.name.as_str() {
                "connectivity" => cells.connectivity = array.values,
                "offsets" => cells.offsets = array.values,
                _ => {}
            }
        }
        Ok(cells)
    }

    /// The arrays of the element that was last started, to its end.
    fn arrays(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Array>, DecodeError> {
        let mut arrays = Vec::new();
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "DataArray" => {
                    let declared = arrays.len() as u64 + 1;
                    let place = tag.place("DataArray");
                    let limit = self.limits.max_properties;
                    DecodeError::check_limit(Format::Vtp, place, "arrays", declared, limit)?;
                    arrays.extend(self.array(&tag, xml)?);
                }
                Node::Start(_) => xml.skip_element()?,
                Node::End | Node::Eof => return Ok(arrays),
                Node::Text(_) => {}
            }
        }
    }

    /// An array; `None` for one of text.
    fn array(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<Option<Array>, DecodeError> {
        let place = tag.place("DataArray");
        let mut name = String::new();
        let mut kind = None;
        let mut components = 1;
        let mut format = String::new();
        let mut offset = 0usize;
        tag.attributes(|key, value| {
            match key {
                "Name" => name = value.to_owned(),
                "type" => kind = Kind::parse(value),
                "NumberOfComponents" => components = value.trim().parse().unwrap_or(1),
                "format" => format = value.to_owned(),
                "offset" => offset = value.trim().parse().unwrap_or(usize::MAX),
                _ => {}
            }
            Ok(())
        })?;
        // Elements within it (`<InformationKey>`) are passed over.
        let text = xml.text()?;
        let Some(kind) = kind else { return Ok(None) };
        let content = match (format.as_str(), self.appended) {
            ("appended", Some(appended)) => {
                let rest = appended.bytes.get(offset..);
                let rest = rest.ok_or_else(|| {
                    DecodeError::malformed(Format::Vtp, place, "an offset within the appended data")
                })?;
                if appended.raw {
                    Content::Appended(rest)
                } else {
                    Content::AppendedBase64(rest)
                }
            }
            ("appended", None) => {
                let expected = "the element <AppendedData> that the array refers to";
                return Err(DecodeError::malformed(Format::Vtp, place, expected));
            }
            ("binary", _) => Content::Base64(&text),
            _ => Content::Ascii(&text),
        };
        // An empty array may have no bytes at all, not even a size.
        let empty = matches!(&content, Content::Base64(text) if text.trim_ascii().is_empty());
        let values = if empty {
            Vec::new()
        } else {
            self.decoder.values(kind, &content, place)?
        };
        Ok(Some(Array {
            name,
            kind,
            components,
            values,
        }))
    }

    fn part(&mut self, piece: Piece) -> Result<Option<Part>, DecodeError> {
        let malformed = |expected: &'static str| DecodeError::malformed(Format::Vtp, Place::File, expected);
        let (triples, rest) = piece.points.as_chunks::<3>();
        if !rest.is_empty() {
            return Err(malformed("three coordinates a point in <Points>"));
        }
        let points: Vec<Point> = triples.iter().map(|&p| Point::from(p)).collect();
        let count = points.len() as u64;
        DecodeError::check_limit(
            Format::Vtp,
            Place::File,
            "vertices",
            count,
            self.limits.max_vertices,
        )?;
        let polygons = piece.polys.offsets.len();
        let mut list = FaceList::with_capacity(polygons);
        each_cell(&piece.polys, points.len(), |corners| list.push(corners))?;
        each_cell(&piece.strips, points.len(), |run| {
            for (i, t) in run.windows(3).enumerate() {
                list.push_triangle(if i % 2 == 0 {
                    [t[0], t[1], t[2]]
                } else {
                    [t[1], t[0], t[2]]
                });
            }
        })?;
        if list.rows() == 0 {
            return Ok(None);
        }
        let triangles = list.triangulate(Format::Vtp, &points, self.limits, &mut self.notes)?;
        if triangles.faces.is_empty() {
            return Ok(None);
        }
        let mut part = Part::default();
        self.point_data(piece.point_arrays, points.len(), &mut part)?;
        // Values per cell count vertices and lines first, and strips by strip: kept only for polygons alone.
        let polygons_alone = !piece.has_other_cells && piece.strips.offsets.is_empty();
        for array in piece.cell_arrays {
            if array.components == 1
                && !array.kind.is_real()
                && polygons_alone
                && array.values.len() == polygons
            {
                let of_face = |f: usize| array.values[triangles.origin(f).row as usize] as i32;
                let values = (0..triangles.faces.len()).map(of_face).collect();
                part.face_labels.push((array.name, FaceData::from_vec(values)));
            } else {
                self.not_kept("an array per cell is not kept");
            }
        }
        part.mesh = mesh_of(Format::Vtp, points, triangles.faces, self.limits)?;
        Ok(Some(part))
    }

    fn not_kept(&mut self, message: &str) {
        self.notes
            .push(Note::new(NoteCode::NotKept, Place::File, message));
    }

    fn point_data(&mut self, arrays: Vec<Array>, count: usize, part: &mut Part) -> Result<(), DecodeError> {
        for array in arrays {
            if Some(array.values.len()) != count.checked_mul(array.components) {
                let expected = "as many values in each array of <PointData> as there are points";
                return Err(DecodeError::malformed(Format::Vtp, Place::File, expected));
            }
            let values = &array.values;
            match (array.components, array.kind) {
                (3, kind) if kind.is_real() && array.name == "Normals" && part.normals.is_none() => {
                    let rows = values.as_chunks::<3>().0.iter().map(|row| row.map(|v| v as f32));
                    part.normals = Some(VertexData::from_vec(rows.collect()));
                }
                (3 | 4, Kind::U8) if part.colours.is_none() => {
                    let rows = values.chunks_exact(array.components);
                    let rows = rows.map(|row| [row[0] as u8, row[1] as u8, row[2] as u8]);
                    part.colours = Some(VertexData::from_vec(rows.collect()));
                }
                (1, kind) if kind.is_real() => {
                    let values = values.iter().map(|&v| v as f32).collect();
                    part.scalars.push((array.name, VertexData::from_vec(values)));
                }
                (1, _) => {
                    let values = values.iter().map(|&v| v as i32).collect();
                    part.labels.push((array.name, VertexData::from_vec(values)));
                }
                _ => self.not_kept("an array per point of several components is not kept"),
            }
        }
        Ok(())
    }
}

/// Calls `take` with the vertices of every cell.
fn each_cell(
    cells: &Cells,
    vertex_count: usize,
    mut take: impl FnMut(&[VertexId]),
) -> Result<(), DecodeError> {
    let malformed = |expected: &'static str| DecodeError::malformed(Format::Vtp, Place::File, expected);
    let mut corners = Vec::new();
    let mut start = 0;
    for &end in &cells.offsets {
        let sound = end >= start as f64 && end <= cells.connectivity.len() as f64;
        if !sound {
            return Err(malformed("offsets that rise and end within the connectivity"));
        }
        corners.clear();
        for &vertex in &cells.connectivity[start..end as usize] {
            if !(0.0..vertex_count as f64).contains(&vertex) {
                return Err(malformed("vertex numbers of points that exist"));
            }
            corners.push(VertexId(vertex as u32));
        }
        take(&corners);
        start = end as usize;
    }
    Ok(())
}
