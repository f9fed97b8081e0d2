"""A site small enough to be planned by hand: two SUs of two racks, three CDUs and one generator to buy.

One hall with one liquid and air loop. What stands there carries the first SU but for two CDUs; the second SU needs a
third CDU and a generator, whose permit takes 60 days. The floor carries no rack without plates. Every spec is written
out below in round numbers, so that each figure of a plan can be worked out on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dcplan.answer import (
    Cash,
    Event,
    HallTest,
    Objective,
    Payments,
    Plan,
    Reinforcement,
    Running,
    Settings,
    Su,
    Unit,
    Window,
)
from dcplan.loading import load
from dcplan.site import SiteModel

TEXT = """
dcplan: 1
name: Tiny
start: 2027-01-04
end: 2027-12-30
currency: USD
perspective: joint
financing_rate: 8 %/year
place: {altitude: 0 m, design_dry_bulb: 20 degC, recirculation_rise: 0 K}
calendar:
  holidays: [{day: 2027-03-22, name: Founders}]
  freezes: [{day: 2027-04-05, to: 2027-04-06, name: Quarter end}]
crews: {electrical: {size: 2}, mechanical: {size: 4}, structural: {size: 2}, integration: {size: 2}}
limits: {budget: 2 MUSD, yard_area: 60 m2, generator_power: 2 MW}
redundancy:
  utility: {scheme: N, unit: unit, group: site}
  generator: {scheme: N+1, unit: unit, group: site}
  ups: {scheme: N+1, unit: unit, group: hall}
  cdu: {scheme: N+1, unit: unit, group: hall}
  room_air: {scheme: N+1, unit: unit, group: hall}
  heat_rejection: {scheme: N+1, unit: unit, group: loop}
mechanical_power_factor: 90 %
behind_ups: [cdu]
loops: {water: {supply: 30 degC, back: 40 degC, pump_power: 2 %}}
halls:
  hall:
    positions: 6
    gallery_slots: 4
    floor: {point: 1000 lb}
    liquid: {fluid: water, supply: 34 degC, loop: water}
    air: {loop: water}
    integrated_test: 3 workday
plant:
  service: {spec: service-2mw, count: 1, at: site}
  gensets: {spec: genset-500, count: 2, at: site}
  promised: {spec: genset-500, count: 1, at: site, status: reserved}
  ups: {spec: ups-300, count: 3, at: hall}
  crahs: {spec: crah-100, count: 3, at: hall}
  coolers: {spec: cooler-500, count: 2, at: water}
loads:
  offices: {other: 200 kW}
permits:
  air: {duration: 60 day, gates: install}
upgrades:
  genset: {spec: genset-500, at: [site], at_most: 2, crew: electrical, crew_need: 2, engineering: 5 workday,
           permit: air}
  cdu: {spec: cdu-200, at: [hall], at_most: 4, crew: mechanical, crew_need: 2, engineering: 5 workday,
        gallery_slots: 1}
  plates: {spec: plates, at: [hall], at_most: 6, crew: structural, crew_need: 2, paid_by: vendor}
su_chain:
  set_and_connect: {crew: integration, crew_need: 2, duration: 2 workday}
  fill_and_leak_test: 1 workday
  burn_in: 3 day
  acceptance: 2 workday
deployments:
  alpha:
    customer: Alpha
    su: [{spec: rack-100, count: 2}]
    deliveries: [{day: 2027-03-01, count: 2}]
    halls: [hall]
    ordered: 2027-01-04
    price: 1 MUSD
    lost_margin: 1000 USD/day
    terms:
      - {event: delivery, share: 50 %, net: 30 day}
      - {event: energise, share: 10 %, net: 30 day}
      - {event: acceptance, share: 40 %, net: 30 day, long_stop: 60 day}
specs:
  rack-100:
    {family: rack, maker: Tiny, model: rack, role: network, heat: 100 kW, power_factor: 100 %, liquid_share: 80 %,
     liquid: {return_limit: 54 degC, supply_max: 45 degC}, mass: 1500 kg}
  service-2mw: {family: utility_service, maker: Tiny, model: service, power: 2 MW}
  genset-500:
    {family: generator, maker: Tiny, model: genset, power: 500 kW, rating_class: PRP, power_factor: 80 %,
     footprint: 25 m2, procurement: {lead_time: 8 week, cost: 400 USD/kW, install: 2 workday, commission: 1 workday}}
  ups-300:
    {family: ups, maker: Tiny, model: ups, power: 300 kW, apparent: 300 kVA, efficiency: 95 %, input_power_factor: 99 %}
  crah-100: {family: room_air_unit, maker: Tiny, model: crah, capacity: 100 kW, power: 5 kW, water_supply: 30 degC}
  cooler-500:
    {family: dry_cooler, maker: Tiny, model: cooler, capacity: 500 kW, rated_difference: 20 K, minimum_approach: 5 K,
     power: 10 kW}
  cdu-200:
    {family: cdu, maker: Tiny, model: cdu, capacity: 200 kW, approach: 4 K, flow: 500 L/min, power: 3 kW,
     fluid_share: 90 %, standing_power: 0.1 kW,
     procurement: {lead_time: 4 week, cost: 0.1 MUSD, install: 2 workday, commission: 1 workday}}
  plates:
    {family: floor_reinforcement, maker: Tiny, model: plates, acts_on: spreader_plates, point: 2000 lb,
     procurement: {lead_time: 2 week, cost: 1000 USD, install: 0.5 workday}}
"""


def tiny(folder: Path, overrides: Mapping[str, Any] | None = None) -> SiteModel:
    """The site, read from a file that is written into a folder."""
    path = folder / "tiny.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return load(path, overrides=overrides)


def _day(text: str) -> date:
    return date.fromisoformat(f"2027-{text}")


def _unit(id: str, spec: str, dates: str, crew: str, members: tuple[int, ...], cost: float) -> Unit:
    """`dates`: order, delivery and install start, install end, commissioned, counted."""
    order, delivery, end, commissioned, counted = map(_day, dates.split())
    upgrade, place = id.split("#")[0].split("@")
    return Unit(
        id=id, upgrade=upgrade, spec=spec, place=place, order=order, delivery=delivery, install_start=delivery,
        install_end=end, commissioned=commissioned, counted=counted, crew=crew, members=members, cost=cost,
        paid_by="operator",
    )  # fmt: skip


def _su(id: str, plates: str, dates: str, delay: int, gate: str) -> Su:
    """`plates`: order, start, end. `dates`: set start and end, fill start and end, energise, burn-in end, accepted."""
    ordered, begun, done = map(_day, plates.split())
    set_start, set_end, fill_start, fill_end, energise, burnt, accepted = map(_day, dates.split())
    made = Reinforcement(
        upgrade="plates", spec="plates", positions=2, order=ordered, start=begun, end=done, crew="structural",
        members=(1, 2), cost=2000.0, paid_by="vendor",
    )  # fmt: skip
    return Su(
        id=id, deployment="alpha", hall="hall", delivery=_day("03-01"), reinforcement=made, set_start=set_start,
        set_end=set_end, crew="integration", members=(1, 2), fill_start=fill_start, fill_end=fill_end,
        energise=energise, burn_in_end=burnt, acceptance=accepted, ready_energise=_day("03-04"),
        ready_acceptance=_day("03-10"), delay_days=delay, gated_by=gate,
    )  # fmt: skip


def _lost(energised: int, accepted: int) -> float:
    """Margin, and interest on the two milestones that wait for the site, from the first day to these days."""
    return 1000 * accepted + 1e6 * 0.08 / 365 * (0.1 * energised + 0.4 * accepted)


def _cash(su: str, event: Event, share: float, dates: str, delay: int) -> Cash:
    """`dates`: cash at a ready site, cash as planned. No duration has a range: best and worst are as planned."""
    ready, planned = map(_day, dates.split())
    return Cash(
        su=su, deployment="alpha", event=event, share=share, amount=1e6 * share, readiness=event != "delivery",
        long_stop=False, ready=ready, planned=planned, best=planned, worst=planned, delay_days=delay,
    )  # fmt: skip


def _payments() -> Payments:
    """Cash comes 30 days after each event. A fifth of what waits for the site hangs on energisation, the rest on
    acceptance: at a ready site on 3 and 9 April, 4.8 days after the 3rd in the mean; as planned for the second SU
    12 and 14 days later."""
    window = {
        "amount": 1e6, "ready": _day("04-08"), "planned": _day("04-15"), "best": _day("04-15"), "worst": _day("04-15"),
        "delay_days": 6.8, "best_delay_days": 6.8, "worst_delay_days": 6.8,
    }  # fmt: skip
    return Payments(
        milestones=(
            _cash("alpha#1", "delivery", 0.5, "03-31 03-31", 0),
            _cash("alpha#1", "energise", 0.1, "04-03 04-03", 0),
            _cash("alpha#1", "acceptance", 0.4, "04-09 04-09", 0),
            _cash("alpha#2", "delivery", 0.5, "03-31 03-31", 0),
            _cash("alpha#2", "energise", 0.1, "04-03 04-15", 12),
            _cash("alpha#2", "acceptance", 0.4, "04-09 04-23", 14),
        ),
        windows=(Window.model_validate(window | {"scope": "all"}), Window.model_validate(window | {"scope": "alpha"})),
        worst_unserved=0,
    )


def planned_by_hand(model: SiteModel) -> Plan:
    """A plan of the site, worked out on paper.

    Engineering is done on Saturday 9 January; the permit is there on 5 March. Mechanics install two CDUs at a time.
    Installs take 2 days, start-up 1, the integrated test 3; what counts by 4 March is one tranche. The first SU is
    energised as at a ready site; the second waits for the generator. Monday 22 March is a holiday: its acceptance is
    on Friday 19 and Tuesday 23.
    """
    units = (
        _unit("genset@site#1", "genset-500", "01-11 03-08 03-10 03-11 03-16", "electrical", (1, 2), 200_000.0),
        _unit("cdu@hall#1", "cdu-200", "01-25 02-22 02-24 02-25 03-02", "mechanical", (1, 2), 100_000.0),
        _unit("cdu@hall#2", "cdu-200", "01-25 02-22 02-24 02-25 03-02", "mechanical", (3, 4), 100_000.0),
        _unit("cdu@hall#3", "cdu-200", "01-27 02-24 02-26 02-27 03-04", "mechanical", (1, 2), 100_000.0),
    )
    sus = (
        _su("alpha#1", "02-12 02-26 02-27", "03-01 03-03 03-03 03-04 03-04 03-07 03-10", 0, "delivery"),
        _su("alpha#2", "02-15 03-01 03-02", "03-03 03-05 03-05 03-06 03-16 03-19 03-24", 14, "capacity: genset@site"),
    )
    there = {"service@site": 1, "gensets@site": 2, "ups@hall": 3, "crahs@hall": 3, "coolers@water": 2, "cdu@hall": 3}
    prices = [
        cost * (1 - 0.08 * day / 365)
        for cost, day in ((200e3, 7), (100e3, 21), (100e3, 21), (100e3, 23), (2e3, 39), (2e3, 42))
    ]
    # the first SU loses nothing; the second is lost from 4 January to its dates, less the same at a ready site
    losses = [_lost(71, 79), -_lost(59, 65)]
    value, daily = sum(map(round, prices)) + sum(map(round, losses)), 1000 + 1e6 * 0.08 / 365 * 0.5
    return Plan(
        site="Tiny", file=model.file, input_sha256=model.text_sha256, status="feasible", reasons=(),
        perspective="joint", currency="USD", start=model.site.start, end=model.site.end,
        objective=Objective(
            value=value, spend=sum(map(round, prices)), delay=sum(map(round, losses)), bound=0.9 * value, gap=0.1,
            gap_money=0.1 * value, gap_su_days=0.1 * value / daily, step=1.0, exact=sum(prices) + sum(losses),
            rounding=5.0,
        ),
        purchases=504_000.0, units=units, sus=sus,
        tests=(
            HallTest(
                hall="hall", start=_day("02-27"), end=_day("03-04"), units=("cdu@hall#1", "cdu@hall#2", "cdu@hall#3"),
                sus=("alpha#1",),
            ),
            HallTest(
                hall="hall", start=_day("03-11"), end=_day("03-16"), units=("genset@site#1",), sus=("alpha#2",),
            ),
        ),
        running=(
            Running(since=_day("03-04"), units={**there, "genset@site": 0}),
            Running(since=_day("03-16"), units={**there, "genset@site": 1}),
        ),
        payments=_payments(), verified=False, not_checked=(), assumed=(), warnings=(),
        settings=Settings(seconds=1.0, workers=1, seed=0, deterministic=False), versions={},
    )  # fmt: skip
