"""Passwords: kept as argon2, refused when short or common."""

import hashlib
import statistics
import time

import pytest

from endi_like.services import passwords
from endi_like.services.passwords import (
    COMMON,
    NOBODY,
    hash_password,
    is_common,
    is_outdated,
    matches,
    objection,
)

GOOD = "three blind oak benches"


def test_a_password_matches_its_own_hash_only():
    hashed = hash_password(GOOD)

    assert matches(hashed, GOOD)
    assert not matches(hashed, GOOD + " ")
    assert GOOD not in hashed


def test_two_hashes_of_one_password_differ():
    assert hash_password(GOOD) != hash_password(GOOD)


def test_a_letter_matches_however_the_keyboard_composes_it():
    assert matches(hash_password("de\u0301bitrice forte"), "d\u00e9bitrice forte")


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$broken", NOBODY])
def test_no_password_opens_an_account_without_a_usable_hash(stored):
    assert not matches(stored, GOOD)
    assert not matches(stored, "")


def test_what_is_typed_after_the_longest_password_counts():
    longest = "ab " * 66 + "xy"
    assert len(longest) == passwords.LONGEST

    assert matches(hash_password(longest), longest)
    assert not matches(hash_password(longest), longest + "z")


def test_a_hash_of_other_parameters_is_outdated():
    weak = NOBODY.replace("m=19456", "m=8192")

    assert is_outdated(weak)
    assert not is_outdated(hash_password(GOOD))


def test_the_hash_of_nobody_has_todays_parameters():
    assert not is_outdated(NOBODY)


def test_an_unknown_login_costs_as_much_time_as_a_wrong_password():
    known = hash_password(GOOD)

    def cost(stored):
        times = []
        for _each in range(9):
            start = time.process_time()
            matches(stored, "wrong password")
            times.append(time.process_time() - start)
        return statistics.median(times)

    assert cost("") == pytest.approx(cost(known), rel=0.4)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least"),
        ("short pass"[:9], "at least"),
        ("x" * 201, "at most"),
        ("qwertyuiop", "commonest"),
        ("QwertyUIOP", "commonest"),
        ("password123", "commonest"),
        ("1q2w3e4r5t", "commonest"),
        ("Claire@Example.org", "login or e-mail"),
    ],
)
def test_a_password_somebody_would_try_first_is_refused(password, says):
    sentence = objection(password, names=("claire", "claire@example.org"))

    assert says in sentence.interpolate()


@pytest.mark.parametrize("password", [GOOD, "aaaaaaaaab c", "éèàùçôîûëï", "🌲" * 10])
def test_no_kinds_of_letters_are_demanded(password):
    assert objection(password, names=("claire", "")) is None


def test_a_login_written_several_times_is_no_password():
    for password in ("membermember", "MemberMember member"):
        assert "first thing" in objection(password, names=("", "member"))
    assert objection("membermember of the board", names=("member",)) is None


def test_the_commonest_passwords_are_all_in_the_list():
    commonest = [
        "123456",
        "password",
        "12345678",
        "qwerty",
        "123456789",
        "dragon",
        "baseball",
    ]

    assert all(map(is_common, commonest))


def test_the_first_and_the_last_of_the_list_are_found(tmp_path):
    words = sorted(map(passwords.fingerprint, ("alpha", "beta", "gamma")))
    listed = tmp_path / "list"
    listed.write_bytes(b"".join(words))

    assert all(is_common(word, listed) for word in ("alpha", "beta", "gamma"))
    assert not is_common("delta", listed)


def test_the_list_is_the_one_that_was_reviewed():
    content = COMMON.read_bytes()
    size = passwords.PRINT_SIZE
    prints = [content[at : at + size] for at in range(0, len(content), size)]

    assert hashlib.sha256(content).hexdigest() == (
        "3391c64c2bcbfe2017f2a5ebd8cb3a46d6dcfdef0cd113983632c53e32d65ca4"
    )
    assert len(prints) > 190_000
    assert prints == sorted(set(prints))
