"""docs/grafana.json: the board shows what there is, and everything that the example alerts look at."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Ask
from tests.support.house import NAME, House
from worker.schedule.ticks import MAIL
from worker.state.beats import SCHEDULER, Heartbeats

DOCS = Path(__file__).parents[2] / "docs"
BOARD: dict[str, Any] = json.loads((DOCS / "grafana.json").read_text("utf-8"))
METRIC = r"\bcuadre_\w+"
SOURCE = {"type": "prometheus", "uid": "${prometheus}"}


def expressions() -> list[str]:
    variables = [each["query"]["query"] for each in BOARD["templating"]["list"] if each["type"] == "query"]
    return [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]] + [*variables]


def labels(house: House, ask: Ask) -> dict[str, set[str]]:
    """The labels of every metric that /metrics has, after a morning's work."""
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", customer="nobody")
    house.tick()
    beats = Heartbeats(house.clock.now)
    for loop in (SCHEDULER, NAME, MAIL):
        beats.note(loop)
    with house.engine.begin() as connection:
        beats.save(connection)
    house.clock.moment += timedelta(seconds=7)
    families = text_string_to_metric_families(ask("GET", "/metrics").text)
    return {family.name: {name for sample in family.samples for name in sample.labels} for family in families}


def test_every_metric_and_label_of_the_board_exists(house: House, ask: Ask) -> None:
    known = labels(house, ask)
    named = {name.removesuffix("_total") for text in expressions() for name in re.findall(METRIC, text)}
    assert len(named) > 12
    assert named <= known.keys()
    for text in expressions():
        (name, *_more) = re.findall(METRIC, text)
        selected = {label for part in re.findall(r"{([^}]*)}", text) for label in re.findall(r"(\w+)\s*[=!]", part)}
        grouped = {label.strip() for part in re.findall(r"by \(([^)]*)\)", text) for label in part.split(",")}
        there = known[name.removesuffix("_total")]
        assert selected | grouped <= there or not there, text  # a metric without a sample shows no labels


def test_legends_name_labels_that_are_there(house: House, ask: Ask) -> None:
    known = labels(house, ask)
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            there = known[re.findall(METRIC, target["expr"])[0].removesuffix("_total")]
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= there or not there, panel["title"]


def test_the_board_shows_all_that_the_example_alerts_look_at() -> None:
    watched = set(re.findall(METRIC, str(yaml.safe_load((DOCS / "alerts.yml").read_text("utf-8")))))
    assert watched <= {name for text in expressions() for name in re.findall(METRIC, text)}


def test_panels_have_numbers_of_their_own_a_word_of_explanation_and_do_not_cover_each_other() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["description"] for panel in panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def test_the_board_asks_the_source_that_its_reader_chooses() -> None:
    sources = [panel["datasource"] for panel in BOARD["panels"]]
    sources += [target["datasource"] for panel in BOARD["panels"] for target in panel["targets"]]
    assert all(source == SOURCE for source in sources)
    for text in expressions():
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")
