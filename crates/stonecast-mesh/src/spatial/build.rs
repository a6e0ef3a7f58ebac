//! Builds the tree: halves at the median, the same on any number of threads.
//!
//! Steps
//! 1. `upper`: faces are divided by the medians of their centres along the longest axis, into parts that fill the
//!    nodes below; boxes along the axes of the mesh.
//! 2. `Block::fill`: a block of at most `BLOCK` faces in its own `f32` coordinates: principal axes of each
//!    patch, medians along them, boxes in them.
//! 3. Leaves take their triangles from the mesh in the order that came out.
//!
//! Nothing here decides an answer: any tree over the same faces gives the same closest points.

use nalgebra::{Matrix3, SymmetricEigen, Vector3};
use rayon::prelude::*;

use crate::{FaceId, Point, TriMesh};

use super::tree::{IS_LEAF, LEAF, Leaf, Node, Tree, WIDE};

/// Faces below which a subtree gets its own coordinates and axes: four levels of the tree, some 100 kB of work.
const BLOCK: usize = LEAF * WIDE * WIDE * WIDE;

/// Boxes are widened by this part of the extent: 32 u, see the head of `tree`.
const WIDENING: f32 = 16.0 * f32::EPSILON;

#[derive(Clone, Copy)]
struct Item {
    centre: [f32; 3],
    face: u32,
}

struct Builder<'a> {
    mesh: &'a TriMesh,
    scale: f64,
    origin: [f32; 3],
}

/// Where a subtree's nodes and items stand in the whole.
#[derive(Clone, Copy)]
struct Base {
    node: u32,
    item: usize,
}

#[derive(Clone, Copy)]
struct Bounds {
    low: [f32; 3],
    high: [f32; 3],
}

impl Bounds {
    const EMPTY: Self = Self {
        low: [f32::INFINITY; 3],
        high: [f32::NEG_INFINITY; 3],
    };

    #[inline]
    fn add(&mut self, p: [f32; 3]) {
        for (k, x) in p.into_iter().enumerate() {
            self.low[k] = self.low[k].min(x);
            self.high[k] = self.high[k].max(x);
        }
    }

    fn longest(&self) -> usize {
        let extent = |k: usize| self.high[k] - self.low[k];
        (1..3).fold(0, |best, k| if extent(k) > extent(best) { k } else { best })
    }
}

pub(super) fn build(mesh: &TriMesh) -> Tree {
    let Some(bounds) = mesh.bounds().filter(|_| !mesh.is_empty()) else {
        return Tree::default();
    };
    let size = bounds.extent().amax();
    // A power of two scales without rounding; the exponent is kept where its square is still a number.
    let exponent = if size > 0.0 {
        size.log2().ceil().clamp(-500.0, 500.0)
    } else {
        0.0
    };
    let scale = (-exponent).exp2();
    let builder = Builder {
        mesh,
        scale,
        origin: bounds.center().coords.map(|c| (c * scale) as f32).into(),
    };
    let mut items: Vec<Item> = (0..mesh.face_count() as u32)
        .into_par_iter()
        .map(|face| Item {
            centre: builder.local(&mesh.face_centroid(FaceId(face)), &builder.origin),
            face,
        })
        .collect();
    let mut nodes = vec![Node::default(); node_count(items.len())];
    builder.fill(&mut items, &mut nodes, Base { node: 0, item: 0 });
    let leaves: Vec<Leaf> = items.par_chunks(LEAF).map(|four| leaf(mesh, four)).collect();
    let mut slot_of_face = vec![0; items.len()];
    for (slot, item) in items.iter().enumerate() {
        slot_of_face[item.face as usize] = slot as u32;
    }
    Tree {
        nodes,
        leaves,
        slot_of_face,
        scale,
    }
}

fn leaf(mesh: &TriMesh, items: &[Item]) -> Leaf {
    let faces: [u32; LEAF] = std::array::from_fn(|i| items[i.min(items.len() - 1)].face);
    let triangles = faces.map(|f| mesh.corners(FaceId(f)));
    Leaf {
        corners: std::array::from_fn(|corner| {
            std::array::from_fn(|axis| std::array::from_fn(|i| triangles[i][corner][axis]))
        }),
        faces,
    }
}

/// Into how many children a subtree of `n` faces is divided: as few as let each child be full.
fn child_count(n: usize) -> usize {
    let mut capacity = LEAF;
    while capacity * WIDE < n {
        capacity *= WIDE;
    }
    n.div_ceil(capacity)
}

/// How many of `n` faces that become `parts` children go to the first half of them; whole leaves, so that only the last
/// leaf of all is short.
fn first_half(n: usize, parts: usize) -> usize {
    (n * (parts / 2) / parts).next_multiple_of(LEAF)
}

/// The sizes of the children.
fn child_sizes(n: usize, parts: usize, sizes: &mut Vec<usize>) {
    if parts == 1 {
        sizes.push(n);
    } else {
        let first = first_half(n, parts);
        child_sizes(first, parts / 2, sizes);
        child_sizes(n - first, parts - parts / 2, sizes);
    }
}

fn sizes_of(n: usize) -> Vec<usize> {
    let mut sizes = Vec::with_capacity(WIDE);
    child_sizes(n, child_count(n), &mut sizes);
    sizes
}

/// How many nodes a subtree of `n` faces has.
fn node_count(n: usize) -> usize {
    match n {
        0 => 0,
        _ if n <= LEAF * WIDE => 1,
        _ => 1 + sizes_of(n).into_iter().map(node_count).sum::<usize>(),
    }
}

/// Cuts `parts` children's slices off, left to right.
fn cut<T>(mut rest: &mut [T], sizes: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    let mut pieces = Vec::with_capacity(WIDE);
    for size in sizes {
        let (piece, more) = rest.split_at_mut(size);
        pieces.push(piece);
        rest = more;
    }
    pieces
}

/// The children's numbers, and where each one's nodes and items stand.
fn bases(base: Base, sizes: &[usize]) -> Vec<Base> {
    let mut next = Base {
        node: base.node + 1,
        item: base.item,
    };
    sizes
        .iter()
        .map(|&n| {
            let this = next;
            next.node += node_count(n) as u32;
            next.item += n;
            this
        })
        .collect()
}

impl Builder<'_> {
    fn local(&self, p: &Point, origin: &[f32; 3]) -> [f32; 3] {
        std::array::from_fn(|k| (p[k] * self.scale - f64::from(origin[k])) as f32)
    }

    /// Fills a subtree's nodes and returns its box about the mesh's origin.
    fn fill(&self, items: &mut [Item], nodes: &mut [Node], base: Base) -> Bounds {
        if items.len() <= BLOCK {
            return self.block(items, nodes, base);
        }
        let sizes = sizes_of(items.len());
        divide(items, sizes.len(), &|items| {
            let mut bounds = Bounds::EMPTY;
            for item in items.iter() {
                bounds.add(item.centre);
            }
            let axis = bounds.longest();
            (move |item: &Item| item.centre[axis], |item: &Item| item.face)
        });
        let (node, below) = nodes
            .split_first_mut()
            .expect("node_count counts the node itself");
        let children = bases(base, &sizes);
        let boxes: Vec<Bounds> = cut(items, sizes.iter().copied())
            .into_par_iter()
            .zip(cut(below, sizes.iter().map(|&n| node_count(n))))
            .zip(children.par_iter())
            .map(|((items, nodes), &base)| self.fill(items, nodes, base))
            .collect();
        *node = Node {
            origin: self.origin,
            axes: [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]],
            count: sizes.len() as u32,
            ..Node::default()
        };
        let mut whole = Bounds::EMPTY;
        for (i, (bounds, child)) in boxes.iter().zip(&children).enumerate() {
            node.child[i] = child.node;
            // The mesh's own extent is at most one.
            node.set_box(i, bounds, WIDENING);
            whole.add(bounds.low);
            whole.add(bounds.high);
        }
        whole
    }

    fn block(&self, items: &mut [Item], nodes: &mut [Node], base: Base) -> Bounds {
        let mut centres = Bounds::EMPTY;
        for item in items.iter() {
            centres.add(item.centre);
        }
        let origin: [f32; 3] =
            std::array::from_fn(|k| self.origin[k] + 0.5 * (centres.low[k] + centres.high[k]));
        let mut bounds = Bounds::EMPTY;
        let mut triangles: Vec<Local> = items
            .iter()
            .map(|item| {
                let corners = self
                    .mesh
                    .corners(FaceId(item.face))
                    .map(|p| self.local(&p, &origin));
                corners.into_iter().for_each(|p| bounds.add(p));
                Local {
                    corners,
                    key: 0.0,
                    face: item.face,
                }
            })
            .collect();
        let reach: f32 = (0..3)
            .map(|k| bounds.low[k].abs().max(bounds.high[k].abs()).powi(2))
            .sum();
        let block = Block {
            origin,
            widening: WIDENING * reach.sqrt(),
        };
        block.fill(&mut triangles, nodes, base);
        for (item, triangle) in items.iter_mut().zip(&triangles) {
            item.face = triangle.face;
        }
        let shift: [f32; 3] = std::array::from_fn(|k| origin[k] - self.origin[k]);
        Bounds {
            low: std::array::from_fn(|k| bounds.low[k] + shift[k]),
            high: std::array::from_fn(|k| bounds.high[k] + shift[k]),
        }
    }
}

/// Orders items so that each of `parts` children's stand together: halves at the median of `keys`.
fn divide<T: Copy, K: Fn(&T) -> f32, F: Fn(&T) -> u32>(
    items: &mut [T],
    parts: usize,
    keys: &impl Fn(&mut [T]) -> (K, F),
) {
    if parts < 2 {
        return;
    }
    let first = first_half(items.len(), parts);
    let (key, face) = keys(items);
    items.select_nth_unstable_by(first, |a, b| {
        key(a).total_cmp(&key(b)).then_with(|| face(a).cmp(&face(b)))
    });
    let (left, right) = items.split_at_mut(first);
    divide(left, parts / 2, keys);
    divide(right, parts - parts / 2, keys);
}

/// A triangle in a block's coordinates.
#[derive(Clone, Copy)]
struct Local {
    corners: [[f32; 3]; 3],
    key: f32,
    face: u32,
}

impl Local {
    #[inline]
    fn centre(&self) -> [f32; 3] {
        let [a, b, c] = &self.corners;
        std::array::from_fn(|k| (a[k] + b[k] + c[k]) * (1.0 / 3.0))
    }
}

struct Block {
    origin: [f32; 3],
    widening: f32,
}

impl Block {
    fn fill(&self, triangles: &mut [Local], nodes: &mut [Node], base: Base) {
        let n = triangles.len();
        let axes = principal_axes(triangles);
        let sizes = sizes_of(n);
        divide(triangles, sizes.len(), &|part: &mut [Local]| {
            let mut bounds = Bounds::EMPTY;
            for t in part.iter() {
                bounds.add(turn(&axes, &t.centre()));
            }
            let axis = axes[bounds.longest()];
            for t in part.iter_mut() {
                t.key = along(&axis, &t.centre());
            }
            (|t: &Local| t.key, |t: &Local| t.face)
        });
        let (node, mut below) = nodes
            .split_first_mut()
            .expect("node_count counts the node itself");
        *node = Node {
            origin: self.origin,
            axes,
            count: sizes.len() as u32,
            ..Node::default()
        };
        let leaves = n <= LEAF * WIDE;
        let mut rest = triangles;
        for (i, (&size, child)) in sizes.iter().zip(bases(base, &sizes)).enumerate() {
            let (part, more) = rest.split_at_mut(size);
            rest = more;
            let mut bounds = Bounds::EMPTY;
            for corner in part.iter().flat_map(|t| &t.corners) {
                bounds.add(turn(&axes, corner));
            }
            node.set_box(i, &bounds, self.widening);
            if leaves {
                node.child[i] = IS_LEAF | (child.item / LEAF) as u32;
            } else {
                node.child[i] = child.node;
                let (own, more) = below.split_at_mut(node_count(size));
                below = more;
                self.fill(part, own, child);
            }
        }
    }
}

impl Node {
    fn set_box(&mut self, child: usize, bounds: &Bounds, widening: f32) {
        for k in 0..3 {
            self.low[k][child] = bounds.low[k] - widening;
            self.high[k][child] = bounds.high[k] + widening;
        }
    }
}

#[inline]
fn along(axis: &[f32; 3], p: &[f32; 3]) -> f32 {
    axis[0] * p[0] + axis[1] * p[1] + axis[2] * p[2]
}

#[inline]
fn turn(axes: &[[f32; 3]; 3], p: &[f32; 3]) -> [f32; 3] {
    [along(&axes[0], p), along(&axes[1], p), along(&axes[2], p)]
}

/// The principal axes of the triangles' centres, as rows.
fn principal_axes(triangles: &[Local]) -> [[f32; 3]; 3] {
    let n = triangles.len() as f32;
    let mut mean = [0.0f32; 3];
    for t in triangles {
        let c = t.centre();
        (0..3).for_each(|k| mean[k] += c[k]);
    }
    let mean = mean.map(|m| m / n);
    // xx, yy, zz, xy, yz, zx
    let mut sums = [0.0f32; 6];
    for t in triangles {
        let c = t.centre();
        let [x, y, z] = [c[0] - mean[0], c[1] - mean[1], c[2] - mean[2]];
        for (sum, product) in sums.iter_mut().zip([x * x, y * y, z * z, x * y, y * z, z * x]) {
            *sum += product;
        }
    }
    let [xx, yy, zz, xy, yz, zx] = sums.map(f64::from);
    let matrix = Matrix3::new(xx, xy, zx, xy, yy, yz, zx, yz, zz);
    let eigen = SymmetricEigen::new(matrix);
    let row = |k: usize| -> [f32; 3] {
        let axis: Vector3<f64> = eigen.eigenvectors.column(k).into();
        axis.map(|v| v as f32).into()
    };
    [row(0), row(1), row(2)]
}
