"""Writes the blob service's XML lists."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from standin.blob_store import Blob, Block
from standin.exchange import Response


def container_list(blobs: dict[str, Blob], query: dict[str, str]) -> Response:
    """List Blobs: by `prefix`, folded at `delimiter`, in pages of `maxresults` from `marker` on."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    entries: dict[str, Blob | None] = {}  # None: a folder
    for name in sorted(name for name in blobs if name.startswith(prefix)):
        head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
        entries.setdefault(prefix + head + found if found else name, None if found else blobs[name])
    size, start = int(query.get("maxresults", "5000")), query.get("marker", "")
    names = [name for name in entries if name >= start]
    root = ET.Element("EnumerationResults")
    ET.SubElement(root, "Prefix").text = prefix
    listed = ET.SubElement(root, "Blobs")
    for name in names[:size]:
        _add(listed, name, entries[name], with_metadata="metadata" in query.get("include", ""))
    ET.SubElement(root, "NextMarker").text = names[size] if len(names) > size else ""
    return _xml(root)


def block_list(blob: Blob | None, staged: list[Block], kind: str) -> Response:
    """Get Block List; `kind` is committed, uncommitted or all."""
    root = ET.Element("BlockList")
    if kind in {"committed", "all"}:
        _add_blocks(root, "CommittedBlocks", blob.blocks if blob else [])
    if kind in {"uncommitted", "all"}:
        _add_blocks(root, "UncommittedBlocks", staged)
    response = _xml(root)
    if blob:
        response.headers |= {"ETag": blob.etag, "x-ms-blob-content-length": str(blob.size)}
    return response


def _add(parent: ET.Element, name: str, blob: Blob | None, *, with_metadata: bool) -> None:
    entry = ET.SubElement(parent, "Blob" if blob else "BlobPrefix")
    ET.SubElement(entry, "Name").text = name
    if blob is None:
        return
    properties = ET.SubElement(entry, "Properties")
    values = {"Last-Modified": blob.modified, "Etag": blob.etag.strip('"'), "Content-Length": str(blob.size)}
    fixed = {"Content-Type": blob.content_type, "Content-MD5": blob.content_md5, "BlobType": "BlockBlob"}
    for key, value in (values | fixed).items():
        ET.SubElement(properties, key).text = value
    if with_metadata:
        metadata = ET.SubElement(entry, "Metadata")
        for key, value in blob.metadata.items():
            ET.SubElement(metadata, key).text = value


def _add_blocks(root: ET.Element, tag: str, blocks: list[Block]) -> None:
    parent = ET.SubElement(root, tag)
    for block in blocks:
        entry = ET.SubElement(parent, "Block")
        ET.SubElement(entry, "Name").text = block.identifier
        ET.SubElement(entry, "Size").text = str(block.size)


def _xml(root: ET.Element) -> Response:
    body = b'<?xml version="1.0" encoding="utf-8"?>' + ET.tostring(root)
    return Response(200, body, {"Content-Type": "application/xml"})
