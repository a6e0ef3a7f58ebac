"""pyarrow reads the table of findings that stonecast wrote of the demo's case, and finds in it what findings.json says."""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import pyarrow.parquet as pq

if len(sys.argv) < 2:
    sys.exit(0)  # Only the demo's case is judged.
case = pathlib.Path(sys.argv[1])
stonecast = pathlib.Path("target/release/stonecast").resolve()
with tempfile.TemporaryDirectory() as folder:
    table = pathlib.Path(folder) / "all.parquet"
    subprocess.run([stonecast, "measure", case, "--no-files", "--quiet", "--parquet", table], check=True)
    read = pq.read_table(table)
    notice = pq.read_schema(table).metadata or {}
document = json.loads((case / "measure" / "findings.json").read_text())
rows = read.to_pylist()
assert len(rows) == len(document["findings"]) > 100, (len(rows), len(document["findings"]))
assert b"Not a medical device" in notice.get(b"notice", b""), notice
for row, finding in zip(rows, document["findings"]):
    assert row["case"] == case.name and row["finding"] == finding["id"] and row["name"] == finding["name"], row
    kind, outcome = next(iter(finding["outcome"].items()))
    assert row["kind"] == kind, row
    if kind == "number":
        assert row["value"] == outcome["value"] and row["uncertainty"] == outcome["uncertainty"], row
        assert row["unit"] == outcome["unit"] and row["low"] <= row["value"] <= row["high"], row
    elif kind == "score":
        # The table rounds what is open outwards to whole points.
        ends = [math.floor(outcome["low"] + 1e-9), math.ceil(outcome["high"] - 1e-9)]
        assert [row["value"], row["low"], row["high"]] == [outcome["points"], *ends], row
    elif kind == "category":
        assert row["category"] == outcome["name"] and row["value"] is None, row
    else:
        assert row["reason"] and row["value"] is None and row["category"] is None, row
print(f"findings: pyarrow reads {len(rows)} rows as findings.json has them")
