#!/usr/bin/env python3
"""Judges the readers and writers of surface files by independent programs.

Peers: trimesh (STL, PLY, OBJ, OFF, 3MF, glTF, GLB), hpsdecode (3Shape HPS), lib3mf (3MF), pygltflib (GLB), meshio
(STL, PLY, OBJ), plyfile (PLY of both byte orders) and vtk (VTP, PLY, STL, OBJ). All are required.
Each peer's files are read by ours, ours by each peer; triangles must agree corner by corner, in order. The product
is driven through `crates/stonecast-mesh/examples/reformat.rs`, built beforehand.

Exit status: 0 all agree, 1 a mismatch, 2 a required peer is missing.
With STONECAST_SCANS set, the scans there are compared too.
"""

import base64
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import hpsdecode
    import lib3mf
    import lxml  # noqa: F401  (trimesh reads 3MF through it)
    import meshio
    import networkx  # noqa: F401  (trimesh reads glTF scenes through it)
    import numpy as np
    import plyfile
    import pygltflib
    import trimesh
    import vtk
except ImportError as missing:
    print(f"formats_peer: required peer not installed: {missing.name} (see conformance/requirements.txt)")
    sys.exit(2)


REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
failures = []
checks = 0


def check(name, passed, detail=""):
    global checks
    checks += 1
    if not passed:
        failures.append(name)
        print(f"  MISMATCH {name} {detail}")


def same_triangles(name, ours, theirs, tolerance=0.0):
    """Corner positions, triangle by triangle; `tolerance` in the unit of the coordinates."""
    if ours.shape != theirs.shape:
        check(name, False, f"{ours.shape} against {theirs.shape}")
        return
    worst = float(np.abs(ours - theirs).max())
    check(name, worst <= tolerance, f"differ by up to {worst:g}")


class Product:
    """The program under test."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def reformat(self, source, target):
        done = subprocess.run([self.program, source, target], capture_output=True, text=True)
        return done.returncode, done.stderr.strip()

    def read(self, path):
        """Vertices, faces and colours as ours reads them, through a PLY file of 64-bit coordinates."""
        target = self.folder / "ours.ply"
        target.unlink(missing_ok=True)
        code, message = self.reformat(path, target)
        if code:
            raise RuntimeError(f"{path.name}: {message}")
        return read_own_ply(target)

    def triangles(self, label, path):
        """Vertices and the corners of all triangles; a refusal is a mismatch."""
        try:
            vertices, corners, _ = self.read(path)
        except RuntimeError as refusal:
            check(label, False, str(refusal))
            return np.zeros((0, 3)), np.zeros((0, 3, 3))
        return vertices, vertices[corners]

    def write(self, vertices, faces, suffix, colours=None):
        """A file that ours writes, from a PLY file written here."""
        source = self.folder / "source.ply"
        write_ply(source, vertices, faces, colours)
        target = self.folder / f"written.{suffix}"
        target.unlink(missing_ok=True)
        code, message = self.reformat(source, target)
        if code:
            raise RuntimeError(f"writing {suffix}: {message}")
        return target


def write_ply(path, vertices, faces, colours=None):
    fields = [("x", "<f8"), ("y", "<f8"), ("z", "<f8")]
    header = "".join(f"property double {axis}\n" for axis in "xyz")
    if colours is not None:
        fields += [("r", "u1"), ("g", "u1"), ("b", "u1")]
        header += "".join(f"property uchar {name}\n" for name in ("red", "green", "blue"))
    rows = np.zeros(len(vertices), dtype=fields)
    for axis, values in zip("xyz", np.asarray(vertices).T):
        rows[axis] = values
    if colours is not None:
        for channel, values in zip("rgb", np.asarray(colours).T):
            rows[channel] = values
    cells = np.zeros(len(faces), dtype=[("n", "u1"), ("v", "<i4", 3)])
    cells["n"] = 3
    cells["v"] = faces
    text = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{header}"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    path.write_bytes(text.encode() + rows.tobytes() + cells.tobytes())


def read_own_ply(path):
    data = path.read_bytes()
    end = data.index(b"end_header\n") + len(b"end_header\n")
    kinds = {"double": "<f8", "float": "<f4", "uchar": "u1", "int": "<i4"}
    vertex, face, element, counts = [], [("n", "u1"), ("v", "<u4", 3)], None, {}
    for line in data[:end].decode().splitlines():
        words = line.split()
        if words[0] == "element":
            element = words[1]
            counts[element] = int(words[2])
        elif words[0] == "property" and element == "vertex":
            vertex.append((f"{len(vertex)} {words[2]}", kinds[words[1]]))
        elif words[0] == "property" and words[1] == "list" and words[-1] == "texcoord":
            face += [("m", "u1"), ("t", "<f4", 6)]
        elif words[0] == "property" and words[1] != "list":
            face.append((f"{len(face)} {words[2]}", kinds[words[1]]))
    rows = np.frombuffer(data, dtype=vertex, count=counts["vertex"], offset=end)
    offset = end + rows.nbytes
    cells = np.frombuffer(data, dtype=face, count=counts["face"], offset=offset)
    vertices = np.stack([rows[name] for name, _ in vertex[:3]], axis=1)
    named = {name.split(" ", 1)[1]: name for name, _ in vertex}
    colours = None
    if "red" in named:
        colours = np.stack([rows[named[c]] for c in ("red", "green", "blue")], axis=1)
    return vertices, cells["v"].astype(np.int64), colours


def samples():
    """Meshes by name: points (already rounded to 32 bits), faces, colours."""
    generator = np.random.default_rng(1)
    ball = trimesh.creation.icosphere(subdivisions=3, radius=30.0)
    points = ball.vertices + generator.normal(0, 0.05, ball.vertices.shape) + [12.3, -45.6, 7.8]
    colours = generator.integers(0, 256, (len(points), 3)).astype(np.uint8)
    side = 40
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), -1).reshape(-1, 2) * 0.2
    sheet = np.column_stack([grid, generator.normal(0, 0.1, len(grid))])
    cell = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)[None, :]).ravel()
    quads = np.stack([cell, cell + side, cell + side + 1, cell + 1], axis=1)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    tiny = np.array([[0, 0, 0], [1e-3, 0, 0], [0, 1e3, 0]])
    return {
        "ball": (points.astype("f4").astype("f8"), ball.faces, colours),
        "sheet": (sheet.astype("f4").astype("f8"), faces, None),
        "triangle": (tiny.astype("f4").astype("f8"), np.array([[0, 1, 2]]), None),
    }


def peers_files(product, folder, plyfile, vtk, lib3mf):
    """Their files, read by ours."""
    for name, (points, faces, colours) in samples().items():
        mesh = trimesh.Trimesh(points, faces, vertex_colors=colours, process=False)
        expected = points[faces]
        # Text of eight decimals rounds by half of the last one.
        exports = [
            ("stl", {}, 0), ("stl_ascii", {}, 1e-6), ("ply", {}, 0), ("ply", {"encoding": "ascii"}, 1e-6),
            ("obj", {}, 1e-6), ("off", {}, 1e-6), ("glb", {}, 0), ("3mf", {}, 1e-6),
        ]
        for kind, options, tolerance in exports:
            path = folder / f"trimesh-{name}.{kind.replace('_ascii', '')}"
            data = mesh.export(file_type=kind, **options)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            label = f"trimesh {kind} {options} {name} -> ours"
            vertices, triangles = product.triangles(label, path)
            same_triangles(label, triangles, expected, tolerance)
            if kind == "ply" and colours is not None:
                check(label + " colours", np.array_equal(product.read(path)[2], colours))
            if kind in ("ply", "obj", "off"):
                check(label + " vertices", len(vertices) == len(points))
        files = trimesh.exchange.gltf.export_gltf(trimesh.Scene(mesh), embed_buffers=True)
        path = folder / f"trimesh-{name}.gltf"
        path.write_bytes(files["model.gltf"])
        label = f"trimesh gltf {name} -> ours"
        same_triangles(label, product.triangles(label, path)[1], expected)
        if plyfile:
            plyfile_files(product, folder, name, points, faces, plyfile)
        if vtk:
            vtk_files(product, folder, name, points, faces, vtk)
        if lib3mf:
            lib3mf_files(product, folder, name, points, faces)
    moved_scene(product, folder)


def moved_scene(product, folder):
    """Nodes and components with transforms."""
    ball = trimesh.creation.icosphere(subdivisions=1)
    turn = trimesh.transformations.rotation_matrix(0.7, [1, 2, 3], [4, 5, 6])
    scene = trimesh.Scene()
    scene.add_geometry(ball, node_name="a", geom_name="ball", transform=turn)
    scene.add_geometry(ball, node_name="b", geom_name="ball", transform=trimesh.transformations.translation_matrix([9, 0, 0]))
    expected = np.concatenate([trimesh.transform_points(ball.vertices, turn)[ball.faces], (ball.vertices + [9, 0, 0])[ball.faces]])
    for suffix in ("glb", "3mf"):
        path = folder / f"scene.{suffix}"
        path.write_bytes(scene.export(file_type=suffix))
        ours = product.triangles(f"trimesh {suffix} scene", path)[1]
        order = lambda t: t[np.lexsort(np.round(t.mean(axis=1), 4).T)]
        same_triangles(f"trimesh {suffix} scene -> ours", order(ours), order(expected), 1e-5)


def plyfile_files(product, folder, name, points, faces, plyfile):
    rows = np.array([tuple(p) for p in points], dtype=[("x", "f8"), ("y", "f8"), ("z", "f8")])
    cells = np.empty(len(faces), dtype=[("vertex_indices", "i4", (3,))])
    cells["vertex_indices"] = faces
    for order in ("<", ">"):
        path = folder / f"plyfile-{name}.ply"
        elements = [plyfile.PlyElement.describe(rows, "vertex"), plyfile.PlyElement.describe(cells, "face")]
        plyfile.PlyData(elements, byte_order=order).write(str(path))
        label = f"plyfile {order} {name} -> ours"
        same_triangles(label, product.triangles(label, path)[1], points[faces])


def vtk_files(product, folder, name, points, faces, vtk):
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

    data = vtk.vtkPolyData()
    vtk_points = vtk.vtkPoints()
    vtk_points.SetData(numpy_to_vtk(np.ascontiguousarray(points), deep=True))
    data.SetPoints(vtk_points)
    cells = vtk.vtkCellArray()
    starts = np.arange(0, 3 * len(faces) + 1, 3, dtype=np.int64)
    corners = np.ascontiguousarray(faces, dtype=np.int64).ravel()
    cells.SetData(numpy_to_vtkIdTypeArray(starts, deep=True), numpy_to_vtkIdTypeArray(corners, deep=True))
    data.SetPolys(cells)
    for mode in ("Ascii", "Binary", "Appended"):
        for compressor in ("NONE", "ZLIB"):
            for order in ("LittleEndian", "BigEndian"):
                for encode in (True, False):
                    writer = vtk.vtkXMLPolyDataWriter()
                    path = folder / f"vtk-{name}.vtp"
                    writer.SetFileName(str(path))
                    writer.SetInputData(data)
                    getattr(writer, f"SetDataModeTo{mode}")()
                    getattr(writer, f"SetCompressorTypeTo{compressor.title() if compressor == 'NONE' else 'ZLib'}")()
                    getattr(writer, f"SetByteOrderTo{order}")()
                    writer.SetEncodeAppendedData(encode)
                    writer.SetHeaderTypeToUInt64() if encode else writer.SetHeaderTypeToUInt32()
                    writer.Write()
                    label = f"vtk {mode} {compressor} {order} encoded={encode} {name} -> ours"
                    same_triangles(label, product.triangles(label, path)[1], points[faces], 1e-9)


def lib3mf_files(product, folder, name, points, faces):
    from lib3mf import get_wrapper
    import lib3mf as api

    wrapper = get_wrapper()
    model = wrapper.CreateModel()
    mesh = model.AddMeshObject()
    for point in points:
        position = api.Position()
        position.Coordinates[:] = [float(c) for c in point]
        mesh.AddVertex(position)
    for face in faces:
        triangle = api.Triangle()
        triangle.Indices[:] = [int(v) for v in face]
        mesh.AddTriangle(triangle)
    model.AddBuildItem(mesh, wrapper.GetIdentityTransform())
    path = folder / f"lib3mf-{name}.3mf"
    model.QueryWriter("3mf").WriteToFile(str(path))
    label = f"lib3mf {name} -> ours"
    # lib3mf writes four decimals by default.
    same_triangles(label, product.triangles(label, path)[1], points[faces], 1e-3)


def our_files(product, meshio, pygltflib, lib3mf, vtk):
    """Our files, read by them."""
    for name, (points, faces, colours) in samples().items():
        expected = points[faces]
        for suffix in ("stl", "ply", "obj", "3mf", "glb"):
            path = product.write(points, faces, suffix, colours)
            loaded = trimesh.load(path, force="mesh", process=False)
            # glTF is in metres; ours had millimetres.
            scale = 1000.0 if suffix == "glb" else 1.0
            tolerance = {"glb": 1e-5, "3mf": 1e-9}.get(suffix, 0.0)
            label = f"ours {suffix} {name} -> "
            same_triangles(label + "trimesh", loaded.triangles * scale, expected, tolerance)
            if suffix in ("ply", "glb", "obj") and colours is not None:
                check(label + "trimesh colours", np.array_equal(loaded.visual.vertex_colors[:, :3], colours))
            if meshio and suffix in ("stl", "ply", "obj"):
                read = meshio.read(path)
                triangles = np.concatenate([c.data for c in read.cells if c.type == "triangle"])
                # Colours behind the coordinates of an OBJ file are points of six numbers to meshio.
                same_triangles(label + "meshio", read.points[:, :3][triangles], expected)
            if pygltflib and suffix == "glb":
                gltf_rules(label + "pygltflib", pygltflib.GLTF2().load(str(path)), len(points), len(faces))
            if lib3mf and suffix == "3mf":
                lib3mf_reads(label + "lib3mf", path, points, faces)
            if vtk and suffix in ("stl", "ply", "obj"):
                reader = {"stl": vtk.vtkSTLReader, "ply": vtk.vtkPLYReader, "obj": vtk.vtkOBJReader}[suffix]()
                reader.SetFileName(str(path))
                reader.Update()
                check(label + "vtk", reader.GetOutput().GetNumberOfPolys() == len(faces))


def gltf_rules(label, model, vertex_count, face_count):
    accessor = model.accessors[model.meshes[0].primitives[0].attributes.POSITION]
    indices = model.accessors[model.meshes[0].primitives[0].indices]
    check(label + " counts", (accessor.count, indices.count) == (vertex_count, 3 * face_count))
    blob = model.binary_blob()
    view = model.bufferViews[accessor.bufferView]
    rows = np.frombuffer(blob, "<f4", 3 * vertex_count, view.byteOffset).reshape(-1, 3)
    bounds = np.array_equal(rows.min(0), np.float32(accessor.min)) and np.array_equal(rows.max(0), np.float32(accessor.max))
    check(label + " bounds", bounds)
    check(label + " alignment", all(v.byteOffset % 4 == 0 for v in model.bufferViews))


def lib3mf_reads(label, path, points, faces):
    from lib3mf import get_wrapper

    model = get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(path))
    check(label + " warnings", reader.GetWarningCount() == 0)
    objects = model.GetMeshObjects()
    objects.MoveNext()
    mesh = objects.GetCurrentMeshObject()
    vertices = np.array([list(p.Coordinates) for p in mesh.GetVertices()])
    triangles = np.array([list(t.Indices) for t in mesh.GetTriangleIndices()])
    same_triangles(label, vertices[triangles], points[faces])


def packed(schema, floats, commands, vertex_count, face_count):
    encode = lambda data: base64.b64encode(data).decode()
    return (
        f'<HPS version="1.1"><Packed_geometry><Schema>{schema}</Schema><Binary_data><{schema} version="1.0">'
        f'<Facets facet_count="{face_count}" base64_encoded_bytes="{len(commands)}">{encode(commands)}</Facets>'
        f'<Vertices vertex_count="{vertex_count}" base64_encoded_bytes="{len(floats)}">{encode(floats)}</Vertices>'
        f"</{schema}></Binary_data></Packed_geometry></HPS>"
    )


def random_walk(generator, vertex_count, wide):
    """Commands that start and extend more often than they close, so that rings grow and shrink."""
    commands = bytearray()
    fresh, faces, ring = 0, 0, 0
    number = lambda v: v.to_bytes(4 if wide else 2, "little")
    for _ in range(generator.randrange(1, 60)):
        command = generator.choice([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) if ring else generator.choice([4, 5, 6])
        if command == 10 and generator.random() < 0.8:
            continue
        needed = {0: 1, 4: 3}.get(command, 0)
        if fresh + needed + (command == 10) > vertex_count:
            continue
        commands.append(command)
        stated = {5: 3, 6: 3, 7: 1, 8: 1}.get(command, 0)
        for _ in range(stated):
            vertex = generator.randrange(vertex_count)
            commands += vertex.to_bytes(4, "little") if command in (6, 8) else number(vertex)
        fresh += needed + (command == 10)
        faces += command not in (3, 9, 10)
        ring = {0: ring + 1, 7: ring + 1, 8: ring + 1, 4: 3, 5: 3, 6: 3, 1: ring - 1, 2: ring - 1, 9: ring - 1}.get(command, ring)
        if ring <= 1:
            ring = 0
    return bytes(commands), faces


def hps_files(product, folder):
    """Random walks, decoded by both; what one refuses the other must refuse."""
    generator = random.Random(1)
    read, refused, stumbled = 0, 0, 0
    for round_number in range(400):
        vertex_count = generator.randrange(3, 80)
        floats = np.array([generator.uniform(-50, 50) for _ in range(3 * vertex_count)], "<f4")
        commands, faces = random_walk(generator, vertex_count, generator.random() < 0.5)
        text = packed(generator.choice(["CA", "CC"]), floats.tobytes(), commands, vertex_count, faces)
        path = folder / "walk.hps"
        path.write_text(text)
        try:
            _, theirs = hpsdecode.load_hps(str(path))
        except EOFError:
            # hpsdecode 1.0.0 tries 16-bit vertex numbers first, and gives up when they run past the end instead of
            # trying 32-bit ones: no judgement either way.
            stumbled += 1
            continue
        except Exception:
            theirs = None
        try:
            vertices, corners, _ = product.read(path)
        except RuntimeError:
            vertices = None
        label = f"hpsdecode walk {round_number}"
        if theirs is None or vertices is None:
            refused += 1
            check(label + " refused by both", theirs is None and vertices is None, commands.hex())
            continue
        read += 1
        check(label + " faces", np.array_equal(corners, theirs.faces), commands.hex())
        check(label + " vertices", np.array_equal(vertices.astype("f4"), theirs.vertices))
    print(f"  hpsdecode: {read} walks read by both, {refused} refused by both, {stumbled} where the peer stumbled")
    check("hpsdecode: most walks are read", read > 200)


def scans(product, folder):
    root = os.environ.get("STONECAST_SCANS")
    if not root:
        print("  skipped: STONECAST_SCANS is not set")
        return
    for path in sorted(pathlib.Path(root).rglob("*.ply")):
        theirs = trimesh.load(path, process=False)
        vertices, corners, _ = product.read(path)
        label = f"scan {path.stem}"
        check(label + " faces", np.array_equal(corners, theirs.faces))
        same_triangles(label, vertices[corners], np.asarray(theirs.triangles))
    for path in sorted(pathlib.Path(root).rglob("*.dcm")):
        code, message = product.reformat(path, folder / "refused.stl")
        check(f"scan {path.stem} is refused as encrypted", code != 0 and "encrypted" in message, message)


def main():
    examples = os.environ.get("STONECAST_EXAMPLES", REPOSITORY / "target/release/examples")
    program = pathlib.Path(examples) / "reformat"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        product = Product(program, folder)
        peers_files(product, folder, plyfile, vtk, lib3mf)
        our_files(product, meshio, pygltflib, lib3mf, vtk)
        hps_files(product, folder)
        scans(product, folder)
    print(f"formats_peer: {checks} checks, {len(failures)} mismatches")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
