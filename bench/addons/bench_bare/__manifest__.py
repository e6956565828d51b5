{
    "name": "Bench: bare route",
    "version": "19.0.1.0.0",
    "author": "Finance Connector contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": True,
}
