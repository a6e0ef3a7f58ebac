//! Faces as a walk: a ring of border edges grows by a triangle on its present edge, closes up with a neighbour,
//! steps on, or starts anew.
//!
//! The ring is a doubly linked list in one array, so every command takes the same short time.

use super::super::{DecodeError, Format, Place};
use crate::VertexId;

/// The width of vertex numbers behind the commands that carry them: the file does not say which it uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Short,
    Long,
}

#[derive(Clone, Copy)]
struct Edge {
    start: u32,
    end: u32,
    previous: u32,
    next: u32,
}

struct Walk<'a> {
    commands: &'a [u8],
    at: usize,
    edges: Vec<Edge>,
    current: u32,
    /// How many edges the ring has.
    length: usize,
    next_vertex: u32,
    vertex_count: u32,
    faces: Vec<[VertexId; 3]>,
}

/// The faces that the commands describe. Both widths of vertex numbers are tried; the right one uses every
/// command up and gives the declared number of faces.
pub(super) fn decode(
    commands: &[u8],
    vertex_count: u32,
    face_count: usize,
    place: Place,
) -> Result<Vec<[VertexId; 3]>, DecodeError> {
    let walk = |width| Walk::new(commands, vertex_count, face_count).run(width);
    let fits = |faces: &Vec<_>| faces.len() == face_count;
    walk(Width::Short)
        .filter(fits)
        .or_else(|| walk(Width::Long).filter(fits))
        .ok_or_else(|| {
            let expected =
                format!("commands that make the {face_count} declared faces of {vertex_count} vertices");
            DecodeError::malformed(Format::Hps, place, expected)
        })
}

impl<'a> Walk<'a> {
    fn new(commands: &'a [u8], vertex_count: u32, face_count: usize) -> Self {
        Self {
            commands,
            at: 0,
            edges: Vec::new(),
            current: 0,
            length: 0,
            next_vertex: 0,
            vertex_count,
            // A command takes a byte and makes at most one face.
            faces: Vec::with_capacity(face_count.min(commands.len())),
        }
    }

    /// Replays all commands; `None` when one cannot be done.
    fn run(mut self, width: Width) -> Option<Vec<[VertexId; 3]>> {
        while let Some(&command) = self.commands.get(self.at) {
            self.at += 1;
            match command {
                0 => {
                    let vertex = self.fresh_vertex()?;
                    self.extend(vertex)?;
                }
                1 => self.close_with_previous()?,
                2 => self.close_with_next()?,
                3 => self.step()?,
                4 => {
                    let corners = [self.fresh_vertex()?, self.fresh_vertex()?, self.fresh_vertex()?];
                    self.restart(corners);
                }
                5 | 6 => {
                    let long = command == 6 || width == Width::Long;
                    let corners = [
                        self.stated_vertex(long)?,
                        self.stated_vertex(long)?,
                        self.stated_vertex(long)?,
                    ];
                    self.restart(corners);
                }
                7 | 8 => {
                    let vertex = self.stated_vertex(command == 8 || width == Width::Long)?;
                    self.extend(vertex)?;
                }
                9 => self.remove()?,
                10 => self.next_vertex = self.next_vertex.checked_add(1)?,
                _ => return None,
            }
        }
        Some(self.faces)
    }

    fn known(&self, vertex: u32) -> Option<u32> {
        (vertex < self.vertex_count).then_some(vertex)
    }

    fn fresh_vertex(&mut self) -> Option<u32> {
        let vertex = self.known(self.next_vertex)?;
        self.next_vertex += 1;
        Some(vertex)
    }

    fn stated_vertex(&mut self, long: bool) -> Option<u32> {
        let rest = &self.commands[self.at..];
        let vertex = if long {
            self.at += 4;
            u32::from_le_bytes(*rest.first_chunk()?)
        } else {
            self.at += 2;
            u32::from(u16::from_le_bytes(*rest.first_chunk()?))
        };
        self.known(vertex)
    }

    /// The present edge, when there is a ring.
    fn edge(&self) -> Option<Edge> {
        (self.length > 0).then(|| self.edges[self.current as usize])
    }

    fn face(&mut self, corners: [u32; 3]) {
        self.faces.push(corners.map(VertexId));
    }

    fn restart(&mut self, corners: [u32; 3]) {
        let [a, b, c] = corners;
        self.face(corners);
        self.edges.clear();
        for (i, (start, end)) in [(a, b), (b, c), (c, a)].into_iter().enumerate() {
            let i = i as u32;
            self.edges.push(Edge {
                start,
                end,
                previous: (i + 2) % 3,
                next: (i + 1) % 3,
            });
        }
        self.current = 0;
        self.length = 3;
    }

    /// A triangle on the present edge to `vertex`; the walk goes on behind the two edges that replace it.
    fn extend(&mut self, vertex: u32) -> Option<()> {
        let edge = self.edge()?;
        self.face([vertex, edge.end, edge.start]);
        let added = self.edges.len() as u32;
        self.edges.push(Edge {
            start: vertex,
            end: edge.end,
            previous: self.current,
            next: edge.next,
        });
        self.edges[edge.next as usize].previous = added;
        let current = &mut self.edges[self.current as usize];
        current.end = vertex;
        current.next = added;
        self.length += 1;
        self.current = self.edges[added as usize].next;
        Some(())
    }

    fn step(&mut self) -> Option<()> {
        self.current = self.edge()?.next;
        Some(())
    }

    fn close_with_previous(&mut self) -> Option<()> {
        let edge = self.edge().filter(|_| self.length >= 2)?;
        let previous = self.edges[edge.previous as usize];
        self.face([edge.start, previous.start, edge.end]);
        self.merge(edge.previous, self.current, previous.start, edge.end);
        Some(())
    }

    fn close_with_next(&mut self) -> Option<()> {
        let edge = self.edge().filter(|_| self.length >= 2)?;
        let next = self.edges[edge.next as usize];
        self.face([edge.start, next.end, edge.end]);
        self.merge(self.current, edge.next, edge.start, next.end);
        Some(())
    }

    /// Puts one edge in the place of two neighbours; the walk goes on behind it.
    fn merge(&mut self, first: u32, second: u32, start: u32, end: u32) {
        self.unlink(second);
        let merged = &mut self.edges[first as usize];
        merged.start = start;
        merged.end = end;
        self.current = merged.next;
    }

    /// Takes an edge out of the ring.
    fn unlink(&mut self, edge: u32) {
        let Edge { previous, next, .. } = self.edges[edge as usize];
        self.edges[previous as usize].next = next;
        self.edges[next as usize].previous = previous;
        self.length -= 1;
    }

    /// Drops the present edge: with the edge before it where the border turns back on itself, else alone, the
    /// border closing over the gap.
    fn remove(&mut self) -> Option<()> {
        let edge = self.edge()?;
        let previous = self.edges[edge.previous as usize];
        if previous.start == edge.end && self.length > 2 {
            self.unlink(self.current);
            self.unlink(edge.previous);
            let start = self.edges[edge.next as usize].start;
            self.edges[previous.previous as usize].end = start;
        } else {
            self.edges[edge.previous as usize].end = edge.end;
            self.unlink(self.current);
        }
        self.current = edge.next;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces(commands: &[u8], vertices: u32, count: usize) -> Option<Vec<[u32; 3]>> {
        let faces = decode(commands, vertices, count, Place::File).ok()?;
        Some(faces.into_iter().map(|f| f.map(|v| v.0)).collect())
    }

    #[test]
    fn a_tetrahedron_is_a_start_an_extension_and_two_closures() {
        let walked = faces(&[4, 0, 1, 1], 4, 4).unwrap();
        assert_eq!(walked[0], [0, 1, 2]);
        assert_eq!(walked[1], [3, 1, 0]);
        let mut sides: Vec<[u32; 2]> = walked
            .iter()
            .flat_map(|f| [[f[0], f[1]], [f[1], f[2]], [f[2], f[0]]])
            .collect();
        let count = sides.len();
        sides.sort_unstable();
        sides.dedup();
        assert_eq!(sides.len(), count, "every side is walked once in each direction");
    }

    #[test]
    fn vertex_numbers_of_either_width_are_understood() {
        let short = [5, 0, 0, 1, 0, 2, 0];
        let long = [5, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0];
        assert_eq!(faces(&short, 3, 1), Some(vec![[0, 1, 2]]));
        assert_eq!(faces(&long, 3, 1), Some(vec![[0, 1, 2]]));
        assert_eq!(faces(&short, 2, 1), None);
        assert_eq!(faces(&[4, 9, 9, 9, 9], 3, 1), None);
    }
}
