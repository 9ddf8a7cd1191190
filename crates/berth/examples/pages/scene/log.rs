//! What a tenant says.

use berth_domain::Clock as _;
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::LogLine;
use jiff::SignedDuration;

use crate::app::App;

/// One of them means harm, and is shown as text all the same.
const LOG: [&str; 20] = [
    "INFO t_1 odoo.service.server: HTTP service (werkzeug) running on 0.0.0.0:8069",
    "INFO t_1 odoo.modules.loading: loading 64 modules...",
    "INFO t_1 odoo.modules.loading: 64 modules loaded in 1.84s, 0 queries (+0 extra)",
    "INFO t_1 odoo.registry: Registry loaded in 2.416s",
    "INFO t_1 werkzeug: 10.8.0.3 - - \"GET /web/login HTTP/1.1\" 200 - 12 0.004 0.021",
    "INFO t_1 odoo.addons.base.models.res_users: Login successful for login:anna from 10.8.0.3",
    "INFO t_1 werkzeug: 10.8.0.3 - - \"POST /web/dataset/call_kw/sale.order/web_read HTTP/1.1\" 200 - 31 0.019 0.044",
    "WARNING t_1 odoo.addons.bus.websocket: 12 sockets closed with code 1012, clients retry with back-off up to 60 s because the server is about to restart and the last known good version differs",
    "INFO t_1 odoo.addons.base.models.ir_cron: Job 'Sale: send pending emails' (11) starting",
    "ERROR t_1 odoo.http: Exception during request handling.",
    "Traceback (most recent call last):",
    "  File \"/opt/odoo/odoo/http.py\", line 2134, in __call__",
    "    response = request._serve_db()",
    "  File \"/opt/addons/sale_margin_ext/models/sale_order.py\", line 34, in _compute_margin",
    "    provider = self.pool[\"sale.margin.delivery\"]",
    "KeyError: 'sale.margin.delivery'",
    "INFO t_1 odoo.addons.base.models.ir_cron: Job 'Sale: send pending emails' (11) fully done (#loop 1; done 14; remaining 0; duration 0.31s)",
    "DEBUG t_1 odoo.http: <b onclick=\"x\">\u{202e}gnp.exe</b> was asked for",
    "WARNING t_1 odoo.addons.sale.models.sale_order: sale order S00714 has no fiscal position",
    "INFO t_1 werkzeug: 10.8.0.3 - - \"GET /web/image/res.partner/41/avatar_128 HTTP/1.1\" 304 - 3 0.002 0.006",
];

pub(super) async fn say(app: &App, name: &str) {
    let tenant = app.web.engine.known_tenant(&ACTOR, ORG, name).await.unwrap();
    let object = tenant.tenant.tenant.id.object_name().to_string();
    for text in LOG {
        let is_message = text.contains(" t_1 ");
        if is_message {
            app.clock.advance(SignedDuration::from_millis(213));
        }
        let at = app.clock.now();
        let stamp = at.strftime("%Y-%m-%d %H:%M:%S,113");
        let text = if is_message { format!("{stamp} 7 {text}") } else { text.to_owned() };
        app.installation.runtime.push_log(&object, LogLine { at: Some(at), is_error: true, text });
    }
}
