from odoo import http
admin = env.ref("base.user_admin", raise_if_not_found=False)
if admin and admin.active:
    store, user = http.root.session_store, env(user=admin.id).user
    session = store.new()
    session.update(http.get_default_session())
    session.update({"db": env.cr.dbname, "login": user.login, "uid": user.id, "context": dict(user.context_get())})
    session["session_token"] = user._compute_session_token(session.sid)
    store.save(session)
    print("berth-session " + session.sid)
else:
    print("berth-session nobody")
