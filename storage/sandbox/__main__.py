"""The worker's door: `python -m storage.sandbox`, started by `client.py` and by nobody else."""

from storage.sandbox.worker import main

if __name__ == "__main__":
    main()
