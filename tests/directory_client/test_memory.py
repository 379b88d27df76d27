from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from directory_client.memory import Memory


def test_what_came_first_goes_when_it_is_full() -> None:
    memory: Memory[int, str] = Memory(20)
    for number in range(21):
        memory.keep(number, str(number))
    assert [number for number in range(21) if memory.get(number) is None] == [0, 1]
    assert memory.get(20) == "20"


@given(st.integers(1, 30), st.lists(st.integers(0, 60), max_size=200))
def test_it_never_holds_more_than_it_may_and_always_the_last(most: int, names: list[int]) -> None:
    memory: Memory[int, int] = Memory(most)
    for name in names:
        memory.keep(name, -name)
        assert memory.get(name) == -name
        assert len(memory) <= most


def test_many_threads_may_keep_and_look() -> None:
    memory: Memory[int, int] = Memory(50)

    def use(first: int) -> bool:
        for number in range(first, first + 2_000):
            memory.keep(number % 300, number % 300)
            if memory.get(number % 7) not in (None, number % 7):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))
    assert len(memory) <= 50
