import argparse
import sys
from importlib.metadata import version

from units_of_length import metres


def main() -> None:
    parser = argparse.ArgumentParser(description="Converts lengths to metres.")
    parser.add_argument("length", help="for example 3ft")
    length = parser.parse_args().length
    print(f"{length} = {metres(length):.4f} m (converter {version('converter')}, {sys.prefix})")
