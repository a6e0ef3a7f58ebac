//! What a reader will take on before it says no.

/// Bounds that every reader checks before it allocates or loops: a file may declare what it likes, but only
/// what its own bytes can hold and what these limits allow is believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The largest input, in bytes.
    pub max_bytes: u64,
    /// The most triangles of one file, after polygons are cut and components are repeated.
    pub max_faces: u64,
    /// The most vertices of one file, after components are repeated.
    pub max_vertices: u64,
    /// The most corners of one polygon: cutting a polygon may take time that grows with their square.
    pub max_polygon_corners: u64,
    /// The largest absolute coordinate. Beyond 1e9 of any unit there is no jaw, and squares and products of
    /// coordinates stop being exact enough.
    pub max_coordinate: f64,
    /// The most entries of an archive.
    pub max_entries: u64,
    /// How often a compressed stream may outgrow its stored size.
    pub max_expansion_ratio: u64,
    /// The most bytes that all compressed streams of one file may expand to.
    pub max_expanded_bytes: u64,
    /// How many archives may lie within one another.
    pub max_archive_depth: u32,
    /// How deep XML elements, 3MF components and glTF nodes may nest.
    pub max_nesting: u32,
    /// The most properties of one file's vertices and faces together.
    pub max_properties: u64,
    /// The most objects, nodes, build items, and materials, each.
    pub max_objects: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 4 << 30,
            max_faces: 20_000_000,
            max_vertices: 20_000_000,
            max_polygon_corners: 10_000,
            max_coordinate: 1e9,
            max_entries: 10_000,
            max_expansion_ratio: 200,
            max_expanded_bytes: 4 << 30,
            max_archive_depth: 2,
            max_nesting: 64,
            max_properties: 256,
            max_objects: 100_000,
        }
    }
}
