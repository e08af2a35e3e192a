"""An independent oracle for Linli's clock and lunar calendar.

Reads questions from standard input as JSON and writes the answers to standard output. It shares no code, no data and no
method with the product: it walks day by day with Python's own calendar, takes the official working days of China from
the package `chinesecalendar` and lunar dates from the package `lunardate`.

Rules (Civil Code of the PRC, arts. 200-203): the start day is not counted; months end on the corresponding day or on the
last day of a month that has none; a last day that is a rest day moves to the next working day; a period ends at 24:00.
Days of a pause do not count, both ends included. Extensions counted alike are added to the budget; others run on.
"""

import calendar
import json
import sys
from datetime import date, datetime, timedelta, timezone

import chinese_calendar
import lunardate

DAY = timedelta(days=1)
OFFICIAL = range(2004, 2027)  # years for which chinesecalendar has the notices of the State Council
HOLIDAYS = {}


def to_solar(year, month, day, leap=False):
    return lunardate.LunarDate(year, month, day, leap).to_solar_date()


def statutory(year):
    """The holidays of the law alone, as amended in 2025: 13 days."""
    if year not in HOLIDAYS:
        new_year = to_solar(year, 1, 1)
        terms = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10))
        qingming = next(day for day, name in terms if name == "清明")
        days = {date(year, 1, 1), qingming, date(year, 5, 1), date(year, 5, 2)}
        days |= {new_year + n * DAY for n in (-1, 0, 1, 2)}
        days |= {to_solar(year, 5, 5), to_solar(year, 8, 15)}
        days |= {date(year, 10, n) for n in (1, 2, 3)}
        HOLIDAYS[year] = days
    return HOLIDAYS[year]


def is_working(day):
    if day.year in OFFICIAL:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and day not in statutory(day.year)


def split(budget):
    number, unit = budget.split(" ", 1)
    n = int(number)
    unit = unit.rstrip("s")
    if unit == "week":
        return "day", n * 7
    if unit == "year":
        return "month", n * 12
    if unit == "hour":
        return "minute", n * 60
    return unit, n


def add_months(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def due_date(start, budget, extensions, pauses):
    """The last day of a budget in days or longer, found by walking every day."""
    paused = set()
    for first, last in pauses:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            paused.add(day)
            day += DAY
    parts = []
    for text in [budget, *extensions]:
        unit, n = split(text)
        if parts and parts[-1][0] == unit:
            parts[-1][1] += n
        else:
            parts.append([unit, n])
    end = date.fromisoformat(start)
    for unit, n in parts:
        if unit == "month":
            n = (add_months(end, n) - end).days
        left = n
        while left > 0:
            end += DAY
            if end in paused or (unit == "working day" and not is_working(end)):
                continue
            left -= 1
        while end in paused or not is_working(end):
            end += DAY
    return end.isoformat()


def due_minutes(start, minutes, pauses):
    """The exact end of a budget in minutes, found by walking every minute; China has no summer time after 1991."""
    zone = timezone(timedelta(hours=8))
    at = datetime.fromisoformat(start.replace("Z", "+00:00")).astimezone(zone)
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pauses]
    left = minutes
    while left > 0:
        if not any(first <= at.date() <= last for first, last in spans):
            left -= 1
        at += timedelta(minutes=1)
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def answer(question):
    kind = question["ask"]
    if kind == "due":
        return due_date(question["start"], question["budget"], question["extensions"], question["pauses"])
    if kind == "minutes":
        return due_minutes(question["start"], question["minutes"], question["pauses"])
    if kind == "working":
        day, days = date(question["year"], 1, 1), []
        while day.year == question["year"]:
            days.append("1" if is_working(day) else "0")
            day += DAY
        return "".join(days)
    if kind == "months":
        return add_months(date.fromisoformat(question["date"]), question["n"]).isoformat()
    if kind == "lunar":
        found = lunardate.LunarDate.from_solar_date(*map(int, question["date"].split("-")))
        return [found.year, -found.month if found.is_leap_month else found.month, found.day]
    raise ValueError(f"unknown question: {kind}")


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
