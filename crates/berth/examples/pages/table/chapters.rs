//! The table itself.

use super::Deed::{Click, Come, Cover, Run, See, SignIn, Type, Until};
use super::{Chapter, Deed, Page, page};
use crate::scene::{CUSTOMER, OPERATOR, Scene};

/// What was found out behind a tenant's page is there, and its curves.
const LOOKED_AT: &[Deed] = &[
    See("#charts .charts"),
    Until("return document.querySelector('#health .hint').textContent.startsWith('checked')"),
];

/// Draws a picture for cameras that says nothing.
const SAMPLE_QR: &str = "
    const qr = document.querySelector('.qr'), side = qr.viewBox.baseVal.width - 8;
    const corner = (x, y) => [[0, 0], [side - 7, 0], [0, side - 7]]
        .map(([a, b]) => Math.max(Math.abs(x - a - 3), Math.abs(y - b - 3))).find(far => far <= 4);
    let drawn = '';
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) {
        const far = corner(x, y);
        const on = far === undefined ? (Math.imul(x * 73 ^ y * 1931, 0x9e3779b1) >>> 9) % 100 < 48 : far !== 2 && far !== 4;
        if (on) drawn += `M${x + 4} ${y + 4}h1v1h-1z`;
    }
    qr.querySelector('path').setAttribute('d', drawn);";

pub(crate) const CHAPTERS: &[Chapter] = &[
    Chapter {
        title: "Doors",
        pages: &[
            page(
                "claim",
                "The first page of a new installation: whoever has the token claims it.",
                "/claim",
            ),
            page("sign-in", "Whoever is not signed in.", "/organisations/default/tenants")
                .first(&[Come(Scene::Claimed)]),
            page("join", "Whoever was given a code.", "/join")
                .then(&[Cover("#code", "k3v9x-72mfq-tb5ra-x1hwn-c84jd")]),
            page("join-link", "Whoever followed the link of an invitation.", "/join/{invited}")
                .first(&[Come(Scene::Invited)]),
            page("join-void", "A link that is not good, or not any more.", "/join/nothing"),
        ],
    },
    Chapter { title: "Fleet", pages: FLEET },
    Chapter { title: "What is done to tenants", pages: CHANGES },
    Chapter { title: "Operations", pages: OPERATIONS },
    Chapter { title: "A tenant", pages: TENANT },
    Chapter { title: "People", pages: PEOPLE },
    Chapter { title: "The installation", pages: INSTALLATION },
    Chapter { title: "Portal", pages: PORTAL },
];

const FLEET: &[Page] = &[
    page("fleet-empty", "Nothing was made yet.", "/organisations/default/tenants")
        .first(&[SignIn(OPERATOR)]),
    page(
        "fleet",
        "All tenants. Those that wait for somebody come first.",
        "/organisations/default/tenants",
    )
    .first(&[Come(Scene::Fleet), SignIn(OPERATOR)])
    .then(&[See("#w-vantage-print"), See("#p-osprey-staging .n")]),
    page(
        "fleet-chosen",
        "Several are chosen: what can be done to all of them.",
        "/organisations/default/tenants",
    )
    .then(&[
        Click("#pick-corvid-dev"),
        Click("#pick-halden-optics"),
        Click("#pick-marlow-bakeries"),
    ]),
    page("fleet-menu", "What can be done to one.", "").then(&[
        Click("[data-pick-none]"),
        Run("document.querySelector('#t-kestrel-foods').scrollIntoView()"),
        Click("#m-kestrel-foods > summary"),
    ]),
    page(
        "fleet-none",
        "Nothing matches the filter.",
        "/organisations/default/tenants?text=kestrell",
    ),
    page("palette", "Ctrl-K, from anywhere.", "/organisations/default/tenants").then(&[
        Click(".omni"),
        Type("#palette input", "kest"),
        See("#found-0[href$='kestrel-foods']"),
    ]),
    page("palette-page", "The same without scripts.", "/organisations/default/palette?q=kest"),
    page("new-tenant-empty", "A new tenant.", "/organisations/default/tenants/new"),
    page(
        "new-tenant",
        "What will be created, how long it takes, and the command that does the same.",
        "",
    )
    .then(&[Type("#name", "lindqvist-uat"), See("#cli")]),
    page("new-tenant-wrong", "What is wrong is said at its field, while somebody types.", "")
        .then(&[Type("#modules", "sale_margin_ext"), See("#modules-said .msg--err")]),
    page("failure", "What is not there.", "/organisations/default/tenants/kestrell"),
];

const CHANGES: &[Page] = &[
    page(
        "confirm",
        "Before a tenant is stopped.",
        "/organisations/default/tenants/halden-optics/stop",
    ),
    page("rename", "Another name and host.", "/organisations/default/tenants/halden-optics/rename"),
    page(
        "delete",
        "Deleted, with days to think it over.",
        "/organisations/default/tenants/halden-optics/delete",
    ),
    page(
        "delete-now",
        "Removed for good: its name is typed.",
        "/organisations/default/tenants/halden-optics/delete-now",
    ),
    page(
        "refused",
        "What cannot be done now, and what can.",
        "/organisations/default/tenants/halden-optics/start",
    ),
    page(
        "many",
        "To several at once.",
        "/organisations/default/many/stop?tenant=halden-optics&tenant=juniper-events&tenant=corvid-dev",
    ),
    page("toast", "What was begun is told where it was begun.", "/organisations/default/tenants")
        .then(&[
            Run("document.querySelector('#t-corvid-dev').scrollIntoView()"),
            Click("#m-corvid-dev > summary"),
            Click("#m-corvid-dev button[formaction$='/restart']"),
            See("#toasts .toast:not([hidden])"),
            Until("return !document.querySelector('#p-corvid-dev')"),
        ]),
    page(
        "begun",
        "What became of each.",
        "/organisations/default/many/restart?tenant=marlow-bakeries&tenant=tidewell-energy",
    )
    .then(&[
        Click(".ask .btn--primary"),
        Until("return document.querySelectorAll('#live [data-s=ok]').length === 2"),
    ]),
];

const OPERATIONS: &[Page] = &[
    page("operations", "What was done, is done and waits.", "/organisations/default/operations"),
    page(
        "operation-at-work",
        "One at work, step by step.",
        "/organisations/default/operations/{at_work}",
    )
    .then(&[See("[data-now]")]),
    page("cancel", "Before it is cancelled.", "/organisations/default/operations/{at_work}/cancel"),
    page(
        "schedule-new",
        "An expression is told in words, with its next three times, while it is typed.",
        "/organisations/default/new-schedule",
    )
    .then(&[
        Type("#name", "nightly"),
        Type("#tenants", "halden-optics"),
        Type("#cron", "30 3 * * MON-FRI"),
        See("#plan .list"),
    ]),
    page("schedule", "One of them: when it comes next, and what came of it.", "")
        .then(&[Click("#send"), See("#runs-h")]),
    page("schedules", "What is begun again and again.", "/organisations/default/schedules"),
    page(
        "schedule-delete",
        "Before one is deleted.",
        "/organisations/default/schedules/nightly/delete",
    ),
    page("operation-done", "One that is done.", "/organisations/default/operations/{done}"),
    page(
        "operation",
        "One that failed, and was taken back.",
        "/organisations/default/operations/{failed}",
    ),
];

const TENANT: &[Page] = &[
    page("tenant", "How it is, and what it used.", "/organisations/default/tenants/halden-optics").then(LOOKED_AT),
    page("tenant-broken", "One that is broken: what is wrong, since when, and what helps.", "/organisations/default/tenants/vantage-print")
        .then(&[See("#charts .sect__h")]),
    page("tenant-week", "What it used in a week.", "/organisations/default/tenants/halden-optics/charts?range=7d"),
    page("tenant-password", "The administrator's password.", "/organisations/default/tenants/halden-optics").then(&[
        Click("form[action$='/password'] button"),
        See("#password"),
        Cover("#password", "k7vfp-x3nqd-82hsm-wz4ra-t9cye-u5bgj"),
    ]),
    page("open-as-admin", "Into it, as its administrator.", "/organisations/default/tenants/halden-optics/open-as-admin"),
    page("tenant-logs", "What its containers say, as they say it.", "/organisations/default/tenants/halden-optics/logs").then(&[
        See("#following:not([hidden])"),
        Come(Scene::Log),
        Until("return document.querySelectorAll('#lines > li').length >= 15"),
        Run("document.querySelector('#lines details').open = true"),
    ]),
    page(
        "tenant-logs-search",
        "Narrowed to what somebody looks for.",
        "/organisations/default/tenants/halden-optics/logs?search=sale&level=warning",
    ),
    page(
        "tenant-modules",
        "What is installed, what could be, and what can be done with it.",
        "/organisations/default/tenants/halden-optics/modules?state=all",
    )
    .then(&[Run(
        "for (const name of ['calendar', 'appointment']) document.querySelector(`#pick-${name}`)?.click()",
    )]),
    page(
        "modules-install",
        "Before modules are installed.",
        "/organisations/default/tenants/halden-optics/modules/install?module=calendar&module=appointment",
    ),
    page(
        "modules-uninstall",
        "Before one is uninstalled, with what needs it.",
        "/organisations/default/tenants/halden-optics/modules/uninstall?module=contacts",
    ),
    page("tenant-backup", "What can be downloaded of it.", "/organisations/default/tenants/halden-optics/backup"),
    page("tenant-shell", "What came of a question to its database.", "/organisations/default/tenants/halden-optics/shell").then(&[
        Type("#script", "SELECT state, count(*) FROM sale_order GROUP BY state ORDER BY state;"),
        Click("#run"),
        See("#ran"),
    ]),
    page("tenant-reconcile", "What is there of it, and what would be put right.", "/organisations/default/tenants/halden-optics/reconcile")
        .then(&[See("#same-h")]),
    page("import", "Backups are sent in, and wait until a tenant is made of them.", "/organisations/default/import"),
    page("import-plan", "What a backup has in it, and what will be created of it.", "/organisations/default/import/{upload}")
        .first(&[Come(Scene::Backup)])
        .then(&[Type("#name", "wrenbury-books"), See("#plan .list--num")]),
    page("tenant-settings", "Limits, owner, expiry, notes, and what is dangerous.", "/organisations/default/tenants/halden-optics/settings"),
    page("tenant-settings-wrong", "What is wrong is said at its field, and what was typed is kept.", "").then(&[
        Run("document.querySelector('#cpu').value = 'lots'; document.querySelector('#tags').value = 'Not One'"),
        Click(".form .btn--primary"),
        See("[aria-invalid]"),
    ]),
];

const PEOPLE: &[Page] = &[
    page("people", "Members, invitations, tokens.", "/organisations/default/people")
        .first(&[Come(Scene::People)]),
    page("invited", "The link of an invitation, shown once.", "").then(&[
        Type("#email", "kim.vega@nordquay.example"),
        Click("form[action$='/invitations'] button"),
        See("#link"),
        Cover("#link", "https://berth.nordquay.example/join/k3v9x-72mfq-tb5ra-x1hwn-c84jd"),
        Cover("#code", "k3v9x-72mfq-tb5ra-x1hwn-c84jd"),
    ]),
    page("token", "A token for a program, shown once.", "/organisations/default/people").then(&[
        Type("#account", "backup"),
        Click("input[name=scope][value=export]"),
        Click("form[action$='/tokens'] button"),
        See("#secret"),
        Cover("#secret", "berth_9Xw2KfLr7vQmT4sZbN8eYhUaPc3DgJ6o"),
    ]),
    page(
        "remove-member",
        "Before somebody is removed.",
        "/organisations/default/members/mats.holm@nordquay.example/remove",
    ),
    page(
        "member-sessions",
        "Where somebody is signed in.",
        "/organisations/default/members/mats.holm@nordquay.example/sessions",
    ),
    page("account", "One's own account.", "/account"),
    page("account-wrong", "A password that is not right.", "").then(&[
        Type("#enrol-password", "wrong wrong wrong"),
        Click("form[action='/account/second-factor'] button"),
        See("#enrol-said"),
    ]),
    page("second-factor", "A second factor.", "").then(&[
        Type("#enrol-password", crate::scene::PASSWORD),
        Click("form[action='/account/second-factor'] button"),
        See(".qr"),
        Cover("#key", "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"),
        Run(SAMPLE_QR),
    ]),
    page("audit", "Who did what, when and by which way.", "/organisations/default/audit")
        .then(&[Run("document.querySelectorAll('.audit details')[1].open = true")]),
];

const INSTALLATION: &[Page] = &[
    page("settings", "What runs here.", "/settings"),
    page(
        "configuration",
        "What the configuration says, and where it is set.",
        "/settings/configuration",
    ),
    page("doctor", "Whether everything is there that it needs.", "/doctor")
        .then(&[Click("form[action='/doctor/look'] button"), See("main .list")]),
    page("disk", "How full the disks are, and what fills them.", "/disk")
        .then(&[Click("form[action='/disk/count'] button"), See("#uses-h")]),
    page("orphans", "What is there and belongs to nobody.", "/orphans")
        .then(&[Click("form[action='/orphans/look'] button"), See("main h2")]),
    page(
        "adopt",
        "A tenant is made of what is left of one.",
        "/orphans/adopt?orphan=database%2Ft_3f9a17c2de",
    ),
    page("organisations", "All organisations.", "/organisations"),
    page("organisation", "One of them.", "/organisations/default"),
    page("webhooks", "Who is told what happens.", "/organisations/default/webhooks"),
    page(
        "webhook",
        "One of them: what it is told, and what became of that.",
        "/organisations/default/webhooks/chat",
    ),
    page("webhook-delete", "Before one is removed.", "/organisations/default/webhooks/chat/delete"),
    page(
        "quotas",
        "What tenants may have together, and what they have.",
        "/organisations/default/quotas",
    ),
    page("quota", "One of them, to be set.", "/organisations/default/quota?owner=elin"),
    page(
        "quota-wrong",
        "What is wrong is said at its field.",
        "/organisations/default/quota?owner=jo",
    )
    .then(&[Type("#memory", "lots"), Click("main .btn--primary"), See("[aria-invalid]")]),
    page(
        "quota-clear",
        "Before one is taken away.",
        "/organisations/default/quota/clear?owner=elin",
    ),
    page("organisation-delete", "Before one is deleted.", "/organisations/lindqvist/delete"),
    page("all-people", "Everybody who has an account.", "/people"),
    page(
        "reset-elsewhere",
        "How somebody is reset who cannot get in.",
        "/people/mats.holm@nordquay.example/reset",
    ),
    page("all-audit", "Who did what, everywhere.", "/audit"),
];

const PORTAL: &[Page] = &[
    page("portal", "What a customer sees.", "/organisations/lindqvist/tenants")
        .first(&[SignIn(CUSTOMER)]),
    page("portal-tenant", "One of theirs.", "/organisations/lindqvist/tenants/lindqvist-prod")
        .then(LOOKED_AT),
    page("portal-activity", "What was done to theirs.", "/organisations/lindqvist/operations"),
    page("portal-people", "Their people.", "/organisations/lindqvist/people"),
    page("portal-audit", "Who did what.", "/organisations/lindqvist/audit"),
    page("portal-organisation", "Their organisation.", "/organisations/lindqvist"),
];
