import contextlib
import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.store.record import PackDamagedError
from datagit.store.zstd import PROBE, compress_if_pays, decompress

CODEC = pa.Codec("zstd")


def frame_of(raw: bytes) -> bytes:
    return bytes(CODEC.compress(raw, asbytes=True))


def noise(length: int) -> bytes:
    return random.Random(length).randbytes(length)


def test_text_is_compressed_and_noise_is_not() -> None:
    text = b"label,box\n" * 1000
    frame = compress_if_pays(text)
    assert frame is not None
    assert len(frame) < 0.9 * len(text)
    assert decompress(frame, len(text)) == text
    assert compress_if_pays(noise(10_000)) is None


def test_what_starts_with_noise_is_not_tried_to_its_end() -> None:
    assert compress_if_pays(noise(PROBE) + bytes(1 << 20)) is None


def test_what_only_starts_well_stays_raw() -> None:
    assert compress_if_pays(bytes(PROBE) + noise(2 << 20)) is None


@pytest.mark.parametrize("length", [0, 1, 63])
def test_tiny_objects_stay_raw(length: int) -> None:
    assert compress_if_pays(bytes(length)) is None


@given(raw=st.binary(max_size=3000).map(lambda part: part * 7))
def test_what_is_compressed_comes_back(raw: bytes) -> None:
    frame = compress_if_pays(raw)
    assert frame is None or decompress(frame, len(raw)) == raw


@pytest.mark.parametrize("size", [0, 1, 200, 255, 256, 65_791, 65_792, 200_000, 1 << 20])
def test_frames_of_every_header_length_are_read(size: int) -> None:
    raw = (b"abcdefgh" * (size // 8 + 1))[:size]
    assert decompress(frame_of(raw), size) == raw


@pytest.mark.parametrize("wrong", [0, 1, 9_999, 10_001, 1 << 40])
def test_another_length_is_refused_before_anything_is_allocated(wrong: int) -> None:
    with pytest.raises(PackDamagedError):
        decompress(frame_of(bytes(10_000)), wrong)


def test_two_frames_a_tail_and_a_cut_are_refused() -> None:
    frame = frame_of(b"x" * 1000)
    for wrong in (frame + frame, frame + b"\0", frame[:-1], b"", frame[:5], b"\0" + frame):
        with pytest.raises(PackDamagedError):
            decompress(wrong, 1000)
        with pytest.raises(PackDamagedError):
            decompress(wrong, 2000)


def test_a_dictionary_id_and_a_huge_window_are_refused() -> None:
    frame = bytearray(frame_of(b"x" * 1000))
    with_dictionary = bytearray(frame)
    with_dictionary[4] |= 1
    with pytest.raises(PackDamagedError):
        decompress(with_dictionary, 1000)
    # magic, descriptor without single segment and with 4 bytes of size, window of 2 GiB, size, one empty last block
    window = b"\x28\xb5\x2f\xfd\x80\xa8" + (1000).to_bytes(4, "little") + b"\x01\x00\x00"
    with pytest.raises(PackDamagedError, match="window"):
        decompress(window, 1000)


def test_every_flipped_bit_is_an_error_or_other_bytes_of_the_same_length() -> None:
    raw = b"0123456789" * 30
    frame = frame_of(raw)
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert len(decompress(damaged, len(raw))) == len(raw)
        except PackDamagedError:
            continue


@given(content=st.binary(max_size=200), length=st.integers(0, 1000))
def test_no_bytes_raise_anything_else(content: bytes, length: int) -> None:
    with contextlib.suppress(PackDamagedError):
        assert len(decompress(b"\x28\xb5\x2f\xfd" + content, length)) == length
