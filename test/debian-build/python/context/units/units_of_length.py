import re

PER_UNIT = {"ft": 0.3048, "mi": 1609.344, "m": 1.0}


def metres(length: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)\s*([a-z]+)", length).groups()
    return float(number) * PER_UNIT[unit]
