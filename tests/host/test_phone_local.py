"""Which address goes into a link for a phone in the same network."""

from __future__ import annotations

import pytest

from auto2fa.errors import Auto2faError
from auto2fa.phone import local


@pytest.mark.parametrize(
    ("listed", "routed", "expected"),
    [
        ([("lo", "127.0.0.1"), ("wlan0", "192.168.1.20")], ["192.168.1.20"], ["192.168.1.20"]),
        # A VPN has the default route; the phone is in the Wi-Fi.
        ([("tun0", "10.8.0.2"), ("wlp3s0", "192.168.1.20")], ["10.8.0.2"], ["192.168.1.20"]),
        ([("wg0 wg0", "10.0.0.2"), ("utun4", "10.9.0.2"), ("en0", "172.20.1.5")], [], ["172.20.1.5"]),
        # Containers and virtual machines.
        (
            [("docker0", "172.17.0.1"), ("virbr0", "192.168.122.1"), ("br-1a2b", "172.18.0.1")],
            [],
            [],
        ),
        (
            [
                ("vEthernet (WSL) {0F}", "172.28.0.1"),
                ("VirtualBox Host-Only Ethernet Adapter {1}", "192.168.56.1"),
                ("Intel(R) Wi-Fi 6 AX201 {2}", "10.1.2.3"),
            ],
            ["10.1.2.3"],
            ["10.1.2.3"],
        ),
        # Cable with the default route before Wi-Fi without; IPv6 last; the same address once.
        (
            [
                ("wlan0", "192.168.2.5"),
                ("eth0", "2003:db::5"),
                ("eth0", "fe80::1%eth0"),
                ("eth0", "192.168.1.5"),
                ("eth0", "192.168.1.5"),
                ("eth1", "2003:db::7"),
            ],
            ["192.168.1.5", "2003:db::5"],
            ["192.168.1.5", "192.168.2.5", "2003:db::7"],
        ),
        ([("eth0", "2003:db::5")], ["2003:db::5"], ["2003:db::5"]),
        ([("eth0", "169.254.7.7")], [], []),
    ],
)
def test_likeliest_address_first(
    listed: list[tuple[str, str]], routed: list[str], expected: list[str]
) -> None:
    assert [place.address for place in local.rank(listed, routed) if place.likely] == expected


def test_tunnels_and_containers_come_last_for_a_person_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(local.OVERRIDE, raising=False)
    listed = [("docker0", "172.17.0.1"), ("tun0", "10.8.0.2"), ("lo", "127.0.0.1"), ("wlan0", "192.168.2.5")]
    monkeypatch.setattr(local, "_listed", lambda: listed)
    monkeypatch.setattr(local, "_routed", lambda: ["10.8.0.2"])
    assert [place.address for place in local.places()] == ["192.168.2.5", "10.8.0.2", "172.17.0.1"]
    assert [place.interface for place in local.places()] == ["wlan0", "tun0", "docker0"]
    assert local.lan_address() == "192.168.2.5"
    assert local.lan_address("172.17.0.1") == "172.17.0.1"
    # Not an address of this computer: nothing is opened on what a caller makes up.
    for odd in ("0.0.0.0", "8.8.8.8", "127.0.0.1", "localhost"):
        with pytest.raises(Auto2faError) as caught:
            local.lan_address(odd)
        assert caught.value.name == "noNetwork"


def test_the_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.OVERRIDE, "127.0.0.1")
    assert local.lan_address() == "127.0.0.1"


def test_no_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(local.OVERRIDE, raising=False)
    monkeypatch.setattr(local, "_listed", lambda: [("lo", "127.0.0.1"), ("docker0", "172.17.0.1")])
    with pytest.raises(Auto2faError) as caught:
        local.lan_address()
    assert caught.value.name == "noNetwork"


def test_this_machine_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(address == "127.0.0.1" for _, address in local._listed())
    assert all(isinstance(address, str) for address in local._routed())
