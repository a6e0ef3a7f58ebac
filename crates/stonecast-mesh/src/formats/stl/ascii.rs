//! ASCII STL: `solid`, facets of three vertices, `endsolid`.

use super::super::tokens::Tokens;
use super::super::weld::Welder;
use super::super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of, text_of};
use crate::VertexId;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut reader = Reader {
        tokens: Tokens::new(Format::Stl, bytes, 1, None),
        limits,
        face_count: 0,
        bad_corners: 0,
        first_bad: None,
    };
    let mut notes = Vec::new();
    let mut parts = Vec::new();
    let mut solids = 0u64;
    while let Some(word) = reader.tokens.peek() {
        if !word.eq_ignore_ascii_case(b"solid") {
            if solids == 0 {
                return Err(reader.tokens.expected("the word \"solid\""));
            }
            reader.tokens.next_word();
            let message = "text after the last \"endsolid\" is ignored";
            notes.push(Note::new(NoteCode::TrailingBytes, reader.tokens.place(), message));
            break;
        }
        reader.tokens.next_word();
        solids += 1;
        DecodeError::check_limit(
            Format::Stl,
            reader.tokens.place(),
            "solids",
            solids,
            limits.max_objects,
        )?;
        if let Some(part) = reader.solid(&mut notes)? {
            parts.push(part);
        }
    }
    if let Some(line) = reader.first_bad {
        return Err(DecodeError::NotFinite {
            format: Format::Stl,
            first: line,
            count: reader.bad_corners,
            max: limits.max_coordinate,
        });
    }
    if parts.is_empty() {
        return Err(DecodeError::empty(Format::Stl, "no solid has a facet"));
    }
    Ok(Decoded {
        format: Format::Stl,
        parts,
        declared_unit: None,
        notes,
    })
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    limits: &'a Limits,
    face_count: u64,
    bad_corners: u64,
    first_bad: Option<Place>,
}

impl Reader<'_> {
    /// One solid, its first word read; `None` when it has no facet.
    fn solid(&mut self, notes: &mut Vec<Note>) -> Result<Option<Part>, DecodeError> {
        let place = self.tokens.place();
        let name = text_of(self.tokens.rest_of_line(), place, notes);
        let mut welder = Welder::with_expected(self.tokens.remaining() / 600);
        let mut faces: Vec<[VertexId; 3]> = Vec::new();
        loop {
            let word = self.tokens.next_word().unwrap_or_default();
            if word.eq_ignore_ascii_case(b"endsolid") {
                self.tokens.rest_of_line();
                break;
            }
            if !word.eq_ignore_ascii_case(b"facet") {
                return Err(self
                    .tokens
                    .expected("\"facet\" or \"endsolid\" (a file without them is cut short)"));
            }
            self.face_count += 1;
            let place = self.tokens.place();
            DecodeError::check_limit(
                Format::Stl,
                place,
                "triangles",
                self.face_count,
                self.limits.max_faces,
            )?;
            if let Some(corners) = self.facet()? {
                faces.push(corners.map(|c| welder.vertex(c)));
            }
        }
        if faces.is_empty() {
            return Ok(None);
        }
        let mesh = mesh_of(Format::Stl, welder.into_points(), faces, self.limits)?;
        Ok(Some(Part {
            name: Some(name).filter(|n| !n.is_empty()),
            ..Part::from_mesh(mesh)
        }))
    }

    /// One facet, its first word read; `None` when a corner is not sound, which is counted.
    fn facet(&mut self) -> Result<Option<[[f32; 3]; 3]>, DecodeError> {
        self.word("normal")?;
        for _ in 0..3 {
            self.tokens.real("a number in the facet's normal")?;
        }
        self.word("outer")?;
        self.word("loop")?;
        let mut corners = [[0.0f32; 3]; 3];
        let mut sound = true;
        for corner in &mut corners {
            self.word("vertex")?;
            for coordinate in corner.iter_mut() {
                *coordinate = self.tokens.real("a coordinate (a number with a decimal point)")? as f32;
            }
            if !corner
                .iter()
                .all(|c| f64::from(c.abs()) <= self.limits.max_coordinate)
            {
                sound = false;
                self.bad_corners += 1;
                let place = self.tokens.place();
                self.first_bad.get_or_insert(place);
            }
        }
        self.word("endloop")?;
        self.word("endfacet")?;
        Ok(sound.then_some(corners))
    }

    fn word(&mut self, expected: &'static str) -> Result<(), DecodeError> {
        let word = self.tokens.next_word().unwrap_or_default();
        if word.eq_ignore_ascii_case(expected.as_bytes()) {
            return Ok(());
        }
        Err(self.tokens.expected(format!("the word \"{expected}\"")))
    }
}
