//! Writes binary STL.

use std::io::{self, Write};

use crate::TriMesh;

/// Chosen not to begin with "solid", which readers take for ASCII.
const HEADER: &[u8] = b"Binary STL written by Stonecast";

/// Writes a mesh as binary STL: coordinates rounded to 32 bits, normals from the corners, attributes zero.
/// STL keeps neither shared vertices nor vertices without a face.
///
/// # Errors
/// Those of the writer.
pub fn write_stl(out: &mut impl Write, mesh: &TriMesh) -> io::Result<()> {
    let mut header = [0u8; 80];
    header[..HEADER.len()].copy_from_slice(HEADER);
    out.write_all(&header)?;
    out.write_all(&(mesh.face_count() as u32).to_le_bytes())?;
    for face in mesh.face_ids() {
        let area = mesh.face_area_vector(face);
        let length = area.norm();
        let normal = if length > 0.0 { area / length } else { area };
        let corners = mesh.corners(face);
        let rows = std::iter::once(normal).chain(corners.iter().map(|c| c.coords));
        let mut record = [0u8; 50];
        for (row, bytes) in rows.zip(record.chunks_exact_mut(12)) {
            for (value, bytes) in row.iter().zip(bytes.chunks_exact_mut(4)) {
                bytes.copy_from_slice(&(*value as f32).to_le_bytes());
            }
        }
        out.write_all(&record)?;
    }
    Ok(())
}

/// A mesh as the bytes of a binary STL file; see [`write_stl`].
pub fn encode_stl(mesh: &TriMesh) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(84 + 50 * mesh.face_count());
    write_stl(&mut bytes, mesh).expect("writing to memory does not fail");
    bytes
}
