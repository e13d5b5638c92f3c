"""Lets ``python -m datagit`` stand in for ``dg``."""

from datagit.cli.main import main

if __name__ == "__main__":
    main()
