//! Jaw motion as CSV: a header, then a row a frame.
//!
//! Columns by name, in any order: `m00` to `m23` (row and column of the matrix; `m30` to `m33` may be there too), or
//! `tx ty tz qw qx qy qz` (translation and unit quaternion); besides `time_s` and `movement`, whose change begins a new movement.
//! The separator is a comma, a semicolon or a tab; with the two latter a decimal comma is read too. Lines that begin with `#` are
//! remarks; `# unit: mm` declares the unit.

use nalgebra::{Quaternion, UnitQuaternion};

use super::{Frame, JawRecord, MOST_FRAMES, Movement, RecordError, RecordUnit};

/// Where a frame's matrix stands in a row.
enum Layout {
    Matrix([usize; 12]),
    /// Translation and quaternion, scalar first.
    Quaternion([usize; 7]),
}

struct Columns {
    layout: Layout,
    last_row: Option<[usize; 4]>,
    time: Option<usize>,
    movement: Option<usize>,
    count: usize,
    separator: char,
}

pub(super) fn read(text: &str, unit: Option<RecordUnit>) -> Result<JawRecord, RecordError> {
    let mut unit = unit;
    let mut columns: Option<Columns> = None;
    let mut movements: Vec<Movement> = Vec::new();
    let mut frames = 0;
    for (number, line) in text.lines().enumerate() {
        let place = || format!("line {}", number + 1);
        let line = line.trim();
        if let Some(remark) = line.strip_prefix('#') {
            if let Some(name) = remark.trim().strip_prefix("unit:") {
                let declared = RecordUnit::from_name(name).ok_or_else(|| RecordError::Form {
                    place: place(),
                    fault: format!("`{}` is no unit; write mm or m", name.trim()),
                })?;
                unit = Some(declared);
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let Some(columns) = &columns else {
            columns = Some(header(line).map_err(|fault| RecordError::Form {
                place: place(),
                fault,
            })?);
            continue;
        };
        frames += 1;
        if frames > MOST_FRAMES {
            return Err(RecordError::TooLong(MOST_FRAMES));
        }
        let cells: Vec<&str> = line.split(columns.separator).map(str::trim).collect();
        let name = columns
            .movement
            .and_then(|at| cells.get(at))
            .map(|name| (*name).to_owned());
        let frame = columns
            .frame(&cells, unit.ok_or(RecordError::NoUnit)?)
            .map_err(|fault| RecordError::Form {
                place: place(),
                fault,
            })?;
        match movements.last_mut() {
            Some(last) if last.name == name => last.frames.push(frame),
            _ => movements.push(Movement {
                name,
                frames: vec![frame],
            }),
        }
    }
    Ok(JawRecord {
        movements,
        notes: Vec::new(),
    })
}

fn header(line: &str) -> Result<Columns, String> {
    let separator = [';', '\t'].into_iter().find(|s| line.contains(*s)).unwrap_or(',');
    let names: Vec<String> = line
        .split(separator)
        .map(|name| name.trim().trim_matches('"').to_ascii_lowercase())
        .collect();
    let place = |name: &str| names.iter().position(|n| n == name);
    let cell = |row: usize, column: usize| place(&format!("m{row}{column}"));
    let matrix: Option<Vec<usize>> = (0..12).map(|i| cell(i / 4, i % 4)).collect();
    let names_of_quaternion = ["tx", "ty", "tz", "qw", "qx", "qy", "qz"];
    let quaternion: Option<Vec<usize>> = names_of_quaternion.iter().map(|name| place(name)).collect();
    let layout = match (matrix, quaternion) {
        (Some(cells), _) => Layout::Matrix(cells.try_into().map_err(|_| "twelve columns".to_owned())?),
        (None, Some(cells)) => Layout::Quaternion(cells.try_into().map_err(|_| "seven columns".to_owned())?),
        (None, None) => {
            return Err(
                "the header does not name the columns m00 to m23 or tx ty tz qw qx qy qz; write a header, \
                 see docs/methods/jaw-motion-files.md"
                    .to_owned(),
            );
        }
    };
    let last_row: Option<Vec<usize>> = (0..4).map(|column| cell(3, column)).collect();
    Ok(Columns {
        layout,
        last_row: last_row.and_then(|cells| cells.try_into().ok()),
        time: place("time_s"),
        movement: place("movement"),
        count: names.len(),
        separator,
    })
}

impl Columns {
    fn frame(&self, cells: &[&str], unit: RecordUnit) -> Result<Frame, String> {
        if cells.len() != self.count {
            return Err(format!(
                "{} values where the header names {} columns",
                cells.len(),
                self.count
            ));
        }
        let number = |at: usize| {
            let cell = cells[at];
            let decimal = if self.separator == ',' {
                cell.to_owned()
            } else {
                cell.replace(',', ".")
            };
            let value = decimal.parse::<f64>().ok().filter(|value| value.is_finite());
            value.ok_or_else(|| format!("`{}` in column {} is no finite number", shortened(cell), at + 1))
        };
        let mut matrix = match &self.layout {
            Layout::Matrix(at) => {
                let mut matrix = [0.0; 16];
                for (entry, at) in matrix.iter_mut().zip(at) {
                    *entry = number(*at)?;
                }
                matrix[15] = 1.0;
                for (i, at) in self.last_row.iter().flatten().enumerate() {
                    matrix[12 + i] = number(*at)?;
                }
                matrix
            }
            Layout::Quaternion(at) => {
                let mut values = [0.0; 7];
                for (value, at) in values.iter_mut().zip(at) {
                    *value = number(*at)?;
                }
                from_quaternion(&values)?
            }
        };
        for row in 0..3 {
            matrix[4 * row + 3] *= unit.mm();
        }
        Ok(Frame {
            time_s: self.time.map(number).transpose()?,
            matrix,
        })
    }
}

fn from_quaternion([x, y, z, w, i, j, k]: &[f64; 7]) -> Result<[f64; 16], String> {
    let quaternion = Quaternion::new(*w, *i, *j, *k);
    if (quaternion.norm() - 1.0).abs() > 1e-3 {
        return Err(format!(
            "the quaternion has length {:.4} instead of 1",
            quaternion.norm()
        ));
    }
    let rotation = UnitQuaternion::from_quaternion(quaternion).to_rotation_matrix();
    let r = rotation.matrix();
    Ok([
        r[(0, 0)],
        r[(0, 1)],
        r[(0, 2)],
        *x,
        r[(1, 0)],
        r[(1, 1)],
        r[(1, 2)],
        *y,
        r[(2, 0)],
        r[(2, 1)],
        r[(2, 2)],
        *z,
        0.0,
        0.0,
        0.0,
        1.0,
    ])
}

/// Enough of a cell to find it by, and no more: it may be anything.
fn shortened(cell: &str) -> String {
    cell.chars().take(20).collect()
}
