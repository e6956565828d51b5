from . import test_both_installed
