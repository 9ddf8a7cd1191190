import os

names = os.environ["BERTH_MODULES"].split(",")
there = env["ir.module.module"].search([("name", "in", names), ("state", "=", "installed")])
if there:
    there.button_immediate_uninstall()
    env.cr.commit()
