"""What a storage promises, as tests that every implementation subclasses with a `storage` fixture."""

import threading
from pathlib import Path

import pytest

from datagit.errors import DatagitError, StorageError
from datagit.storage.base import ByteRange, Entry, NameMissingError, NameTakenError, Storage

HOSTILE_NAMES = ["", ".", "..", "../x", "a/../../x", "/abs", "a//b", "a/", "a\\b", "é", "a\nb", "a\0b"]


class StorageContract:
    def test_what_was_created_can_be_read_whole_and_in_part(self, storage: Storage) -> None:
        storage.create("log/0000000001.json", b"0123456789")
        assert storage.size("log/0000000001.json") == 10
        assert storage.read("log/0000000001.json") == b"0123456789"
        assert storage.read("log/0000000001.json", 7) == b"789"
        assert storage.read("log/0000000001.json", 2, 3) == b"234"
        assert storage.read("log/0000000001.json", 2, 0) == b""

    def test_only_the_first_create_wins(self, storage: Storage) -> None:
        storage.create("log/0000000007.json", b"ours")
        with pytest.raises(NameTakenError):
            storage.create("log/0000000007.json", b"theirs")
        assert storage.read("log/0000000007.json", 0, 4) == b"ours"

    def test_of_concurrent_creates_exactly_one_wins_and_its_bytes_stay(self, storage: Storage) -> None:
        for round_number in range(10):
            name = f"log/{round_number:010d}.json"
            winners: list[bytes] = []
            start = threading.Barrier(8)

            def race(
                content: bytes, name: str = name, start: threading.Barrier = start, winners: list[bytes] = winners
            ) -> None:
                start.wait()
                try:
                    storage.create(name, content)
                except NameTakenError:
                    return
                winners.append(content)

            threads = [threading.Thread(target=race, args=(bytes([65 + number]) * 5000,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert [storage.read(name)] == winners

    def test_a_missing_name_is_an_error_and_an_empty_file_is_not(self, storage: Storage) -> None:
        storage.create("here/empty", b"")
        assert storage.read("here/empty") == b""
        assert storage.size("here/empty") == 0
        for ask in (storage.size, storage.read):
            with pytest.raises(NameMissingError):
                ask("here/other")
            with pytest.raises(NameMissingError):
                ask("here/empty/below-a-file")
            with pytest.raises(NameMissingError):
                ask("here")

    def test_fewer_bytes_than_asked_for_are_an_error(self, storage: Storage) -> None:
        storage.create("a/b", b"12345")
        with pytest.raises(StorageError):
            storage.read("a/b", 3, 3)
        with pytest.raises(StorageError):
            list(storage.read_ranges([ByteRange("a/b", 0, 5), ByteRange("a/b", 9, 1)]))

    def test_ranges_come_in_the_order_asked_for(self, storage: Storage) -> None:
        storage.create("a/one", b"0123456789")
        storage.create("a/two", b"abcdefghij")
        ranges = [
            ByteRange("a/two", 8, 2),
            ByteRange("a/one", 0, 3),
            ByteRange("a/one", 1, 1),
            ByteRange("a/two", 0, 1),
        ]
        assert list(storage.read_ranges(ranges)) == [b"ij", b"012", b"1", b"a"]
        assert list(storage.read_ranges([])) == []

    def test_a_listing_is_sorted_flat_and_without_temporary_files(self, storage: Storage) -> None:
        assert list(storage.list("packs/data")) == []
        for name in (
            "packs/data/b",
            "packs/data/a",
            "packs/data/.tmp-0123456789abcdef",
            "packs/data/deep/c",
            "packs/x",
        ):
            storage.create(name, name.encode())
        assert list(storage.list("packs/data")) == [Entry("packs/data/a", 12), Entry("packs/data/b", 12)]
        assert list(storage.names("packs/data")) == ["packs/data/a", "packs/data/b"]
        assert list(storage.names("packs/none")) == []

    def test_replace_puts_and_overwrites(self, storage: Storage) -> None:
        storage.replace("HINT", b"1")
        storage.replace("HINT", b"longer")
        assert storage.read("HINT") == b"longer"
        storage.create("log/1", b"first")
        storage.replace("log/1", b"second")
        assert storage.read("log/1") == b"second"

    def test_deleting_makes_the_name_free_again_and_needs_none(self, storage: Storage) -> None:
        storage.create("a/b", b"1")
        storage.delete("a/b")
        storage.delete("a/b")
        storage.delete("never/was")
        with pytest.raises(NameMissingError):
            storage.read("a/b")
        storage.create("a/b", b"2")
        assert storage.read("a/b") == b"2"

    def test_a_finished_file_is_published_once(self, storage: Storage, tmp_path: Path) -> None:
        first, second = tmp_path / "first.pack", tmp_path / "second.pack"
        first.write_bytes(b"x" * 3_000_000)
        second.write_bytes(b"y")
        storage.create_from("packs/data/p", first)
        with pytest.raises(NameTakenError):
            storage.create_from("packs/data/p", second)
        assert storage.read("packs/data/p") == b"x" * 3_000_000
        assert second.read_bytes() == b"y"

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_name_that_could_leave_the_storage_is_refused(self, storage: Storage, name: str) -> None:
        for ask in (storage.size, storage.read, storage.list, storage.delete):
            with pytest.raises(DatagitError) as caught:
                ask(name)
            assert caught.value.code == "name-invalid"
        for write in (storage.create, storage.replace):
            with pytest.raises(DatagitError) as caught:
                write(name, b"x")
            assert caught.value.code == "name-invalid"
