import asyncio
import resource

from dashboard.gate import admission
from dashboard.gate.admission import Places, sessions_allowed


def test_a_place_that_is_left_can_be_taken_again():
    async def scenario():
        places = Places(2, 0)
        assert await places.take("a")
        assert await places.take("b")
        assert not await places.take("c")
        await places.leave("a")
        assert await places.take("c")
        assert places.is_full()

    asyncio.run(scenario())


def test_one_too_many_of_one_person_leaves_the_others_alone(monkeypatch):
    monkeypatch.setattr(admission, "_PATIENCE", 0.01)

    async def scenario():
        places = Places(10, 2)
        assert [await places.take("a") for _ in range(3)] == [True, True, False]
        assert await places.take("b")
        assert places.taken == {"a": 2, "b": 1}

    asyncio.run(scenario())


def test_a_page_that_is_loaded_again_waits_for_its_own_old_place():
    async def scenario():
        places = Places(1, 1)
        assert await places.take("a")
        waiting = asyncio.create_task(places.take("a"))
        await asyncio.sleep(0)
        await places.leave("a")
        assert await waiting
        assert places.taken == {"a": 1}

    asyncio.run(scenario())


def test_nobody_who_left_is_remembered():
    async def scenario():
        places = Places(5, 5)
        for number in range(100):
            await places.take(str(number))
            await places.leave(str(number))
        assert dict(places.taken) == {}

    asyncio.run(scenario())


def test_guests_leave_places_for_those_who_are_signed_in():
    async def scenario():
        places = Places(10, 2)
        assert [await places.take(f"g{n}", f"192.0.2.{n}") for n in range(9)] == [True] * 8 + [False]
        assert places.is_full("192.0.2.99")
        assert not places.is_full()
        assert [await places.take(name) for name in ("ana", "rev", "late")] == [True, True, False]
        await places.leave("g0", "192.0.2.0")
        assert await places.take("late")
        assert not await places.take("g9", "192.0.2.9")

    asyncio.run(scenario())


def test_one_address_takes_a_fifth_of_the_places_with_whatever_browsers():
    async def scenario():
        places = Places(20, 2)
        taken = [await places.take(f"browser {n}", "192.0.2.1") for n in range(20)]
        assert taken == [True] * 4 + [False] * 16
        assert places.is_crowded("192.0.2.1")
        assert await places.take("another", "192.0.2.2")
        await places.leave("browser 0", "192.0.2.1")
        assert await places.take("browser 19", "192.0.2.1")
        assert places.guests == {"192.0.2.1": 4, "192.0.2.2": 1}

    asyncio.run(scenario())


def test_guests_whose_address_nobody_knows_are_not_taken_for_one():
    async def scenario():
        places = Places(10, 1)
        assert all([await places.take(f"g{n}", "") for n in range(8)])
        assert not await places.take("g8", "")

    asyncio.run(scenario())


def test_where_there_is_one_place_a_guest_may_have_it():
    assert Places(1, 1).for_guests == 1


def test_the_number_of_sessions_stays_below_what_open_files_allow(monkeypatch, caplog):
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 256))
    allowed = sessions_allowed(100)
    assert allowed * 6 < 256
    assert allowed == 21
    assert "raise LimitNOFILE" in caplog.text


def test_the_soft_limit_is_raised_where_the_hard_one_lets(monkeypatch):
    raised = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 65_536))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: raised.append(limits))
    assert sessions_allowed(1_000) == 1_000
    assert raised == [(6_128, 65_536)]
