//! Jaw motion as XML that holds 4 × 4 matrices.
//!
//! No maker's form is published, and none is imitated: any element is taken for a frame that holds sixteen numbers as text, or
//! sixteen elements `_00` to `_33`, the form in which exocad's files write a matrix. An element with a name above frames is a
//! movement. Marker coordinates, curves, angles and time stamps are not read; a file with nothing but those is refused.
//!
//! Which way round a matrix is written is told by its translation: in the last column for points as columns, in the last row
//! for points as rows. Where no frame has one it cannot be told and the file is refused, but for `_00` to `_33`, which are
//! written for points as rows.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Frame, JawRecord, MOST_FRAMES, Movement, RecordError, RecordUnit};

/// Deeper than any file of this kind; a deeper one is made to hurt.
const DEEPEST: usize = 64;

/// An element that is open.
#[derive(Default)]
struct Element {
    serial: usize,
    cell: Option<usize>,
    name: Option<String>,
    text: String,
    cells: BTreeMap<usize, f64>,
}

/// A matrix as it stands in the file.
struct Found {
    movement: Option<(usize, String)>,
    body: Option<String>,
    numbers: [f64; 16],
    in_cells: bool,
}

#[derive(Default)]
struct Walk {
    open: Vec<Element>,
    started: usize,
    unit: Option<RecordUnit>,
    found: Vec<Found>,
}

pub(super) fn read(text: &str, unit: Option<RecordUnit>) -> Result<JawRecord, RecordError> {
    let mut walk = Walk::default();
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    loop {
        let byte = reader.buffer_position();
        let form = |fault: &str| RecordError::Form {
            place: format!("byte {byte}"),
            fault: fault.to_owned(),
        };
        match reader.read_event().map_err(|_| form("not well-formed XML"))? {
            Event::Start(start) => walk.start(&start).map_err(|fault| form(&fault))?,
            Event::Text(text) => {
                if let Some(element) = walk.open.last_mut() {
                    element.text.push_str(&text.into_inner());
                }
            }
            Event::End(_) => {
                walk.end().map_err(|fault| form(&fault))?;
                if walk.found.len() > MOST_FRAMES {
                    return Err(RecordError::TooLong(MOST_FRAMES));
                }
            }
            Event::DocType(_) => return Err(form("a document type definition; export the file without one")),
            Event::Eof if walk.open.is_empty() => break,
            Event::Eof => return Err(form("the file ends within an element")),
            _ => {}
        }
    }
    walk.record(unit)
}

impl Walk {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("elements lie more than {DEEPEST} deep"));
        }
        let mut element = Element {
            serial: self.started,
            cell: cell(start.local_name().into_inner()),
            ..Element::default()
        };
        self.started += 1;
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| "not well-formed XML attributes".to_owned())?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| "not well-formed XML attributes".to_owned())?;
            match attribute.key.0.to_ascii_lowercase().as_str() {
                "name" => element.name = Some(value.into_owned()),
                "unit" | "units" => {
                    let declared = RecordUnit::from_name(&value)
                        .ok_or_else(|| "a unit that is neither mm nor m; export it in mm".to_owned())?;
                    if self.unit.is_some_and(|unit| unit != declared) {
                        return Err("a second unit in one file; export it in mm".to_owned());
                    }
                    self.unit = Some(declared);
                }
                _ => {}
            }
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(element) = self.open.pop() else {
            return Ok(());
        };
        if let (Some(cell), Some(parent)) = (element.cell, self.open.last_mut()) {
            let value = element.text.trim().parse::<f64>().ok().filter(|v| v.is_finite());
            let value = value.ok_or_else(|| "an entry of a matrix is no finite number".to_owned())?;
            parent.cells.insert(cell, value);
            return Ok(());
        }
        let (numbers, in_cells) = if element.cells.is_empty() {
            (sixteen(&element.text), false)
        } else if element.cells.len() == 16 {
            let mut numbers = [0.0; 16];
            element.cells.iter().for_each(|(at, value)| numbers[*at] = *value);
            (Some(numbers), true)
        } else {
            return Err(format!("a matrix with {} of its 16 entries", element.cells.len()));
        };
        if let Some(numbers) = numbers {
            let above = self
                .open
                .iter()
                .rev()
                .find_map(|open| Some((open.serial, open.name.clone()?)));
            self.found.push(Found {
                movement: above,
                body: element.name,
                numbers,
                in_cells,
            });
        }
        Ok(())
    }

    fn record(self, unit: Option<RecordUnit>) -> Result<JawRecord, RecordError> {
        if self.found.is_empty() {
            let remedy = "this XML holds no 4 × 4 matrix; markers, curves and angles are not read, as their forms are not \
                          public: export the lower jaw's motion as 4 × 4 matrices, in CSV, JSON or XML";
            return Err(RecordError::Empty {
                remedy: remedy.to_owned(),
            });
        }
        let whole = |fault: &str| RecordError::Form {
            place: "the file".to_owned(),
            fault: fault.to_owned(),
        };
        if bodies(&self.found) {
            return Err(whole(
                "its matrices belong to several bodies by turns; export the lower jaw's motion against the upper jaw",
            ));
        }
        let mm = self.unit.or(unit).ok_or(RecordError::NoUnit)?.mm();
        let (as_rows, note) = points_as_rows(&self.found).map_err(whole)?;
        let mut movements: Vec<(Option<usize>, Movement)> = Vec::new();
        for found in self.found {
            let frame = frame(&found.numbers, as_rows, mm);
            let (serial, name) = found.movement.unzip();
            match movements.last_mut() {
                Some((last, movement)) if *last == serial => movement.frames.push(frame),
                _ => movements.push((
                    serial,
                    Movement {
                        name,
                        frames: vec![frame],
                    },
                )),
            }
        }
        Ok(JawRecord {
            movements: movements.into_iter().map(|(_, movement)| movement).collect(),
            notes: vec![note.to_owned(), "times in XML are not read".to_owned()],
        })
    }
}

/// `_23` is the cell in row 2, column 3.
fn cell(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('_')?.as_bytes();
    match digits {
        [row @ b'0'..=b'3', column @ b'0'..=b'3'] => Some(usize::from(4 * (row - b'0') + (column - b'0'))),
        _ => None,
    }
}

/// The numbers of a text that holds sixteen and nothing else.
fn sixteen(text: &str) -> Option<[f64; 16]> {
    let mut words = text
        .split([' ', '\t', '\r', '\n', ',', ';'])
        .filter(|word| !word.is_empty());
    let mut numbers = [0.0; 16];
    for number in &mut numbers {
        *number = words.next()?.parse().ok().filter(|v: &f64| v.is_finite())?;
    }
    words.next().is_none().then_some(numbers)
}

/// True where matrices carry names that come again and again, and more than one of them.
fn bodies(found: &[Found]) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in found.iter().filter_map(|found| found.body.as_deref()) {
        *counts.entry(name).or_default() += 1;
    }
    counts.len() > 1 && counts.values().all(|count| *count > 1)
}

/// Whether matrices are written for points as rows, and a note on how that was told.
fn points_as_rows(found: &[Found]) -> Result<(bool, &'static str), &'static str> {
    let zero = |numbers: &[f64; 16], at: [usize; 3]| at.iter().all(|i| numbers[*i].abs() < 1e-9);
    let has_column = found.iter().any(|f| !zero(&f.numbers, [3, 7, 11]));
    let has_row = found.iter().any(|f| !zero(&f.numbers, [12, 13, 14]));
    match (has_column, has_row) {
        (true, false) => Ok((
            false,
            "matrices are written for points as columns: their translation is in the last column",
        )),
        (false, true) => Ok((
            true,
            "matrices are written for points as rows: their translation is in the last row",
        )),
        (true, true) => Err(
            "some matrices have their translation in the last column and some in the last row, \
                             or are projections; export rigid motions",
        ),
        (false, false) if found.iter().all(|f| f.in_cells) => Ok((
            true,
            "no matrix has a translation; cells _00 to _33 are taken as written for points as rows",
        )),
        (false, false) => Err(
            "no matrix has a translation, so it cannot be told which way round they are written; \
                               export them as CSV with named columns",
        ),
    }
}

fn frame(numbers: &[f64; 16], as_rows: bool, mm: f64) -> Frame {
    let mut matrix: [f64; 16] =
        std::array::from_fn(|i| numbers[if as_rows { 4 * (i % 4) + i / 4 } else { i }]);
    for row in 0..3 {
        matrix[4 * row + 3] *= mm;
    }
    Frame { time_s: None, matrix }
}
