"""A small simulated cluster that the agent's real decisions run in, over random histories.

`world` is what there is (disks, network, clock, lock store), `postgres` and `ha` what PostgreSQL and Patroni do,
`quorum` the order in which Patroni changes who may acknowledge, `agent` and `copies` where Holdfast's own pure
functions decide, `oracle` what must always hold, `steps` what can happen, `histories` how that is drawn, played and
shortened. No step takes time by itself and any may come at any moment: what is true here does not rest on somebody
being quick.

Longer runs: `HOLDFAST_MODEL_FACTOR=20 python3 -B -m unittest -v tests.model.test_model` in components/postgres/image.
"""
