// Says why the page does not start, where it does not: what stands in #boot is hidden until then, and gone when the page is there.
// A classic script, so that it runs where modules may not, and before anything is painted: it also sets the scheme that the visitor chose.
(function () {
  try {
    // The same as in src/theme.svelte.ts.
    var theme = localStorage.getItem('elbo-room theme');
    if (theme === 'light' || theme === 'dark') {
      document.documentElement.dataset.theme = theme;
      var scheme = document.querySelector('meta[name="color-scheme"]');
      if (scheme) scheme.content = theme;
    }
  } catch (error) {
    // The browser refuses its storage: the scheme is the system's.
    void error;
  }
  // The texts that the page's script will ask for, by the rules of src/messages/languages.ts: so they come along with it.
  var texts = document.querySelector('meta[name="texts"]');
  var link = null;
  if (texts) {
    var asked = /[#&]lang=(\w+)/.exec(location.hash);
    var wanted = (asked ? [asked[1]] : []).concat(navigator.languages || [], 'en');
    var files = wanted.map(function (tag) {
      return texts.getAttribute('data-' + tag.toLowerCase().split('-')[0]);
    });
    link = document.createElement('link');
    link.rel = 'modulepreload';
    link.crossOrigin = '';
    link.href = files.find(Boolean);
    document.head.append(link);
  }
  // What the document shows until the page's script is there (vite/prerender): the page's own address, in English.
  var own = /^(#(lang=en)?)?$/.test(location.hash) && (!link || /\/en-page-/.test(link.href));
  var parsed = new MutationObserver(function () {
    var app = document.getElementById('app');
    if (!app) return;
    if (own)
      // The page's policy forbids styles in markup, and none that a script sets.
      app.querySelectorAll('[data-style]').forEach(function (element) {
        element.style.cssText = element.dataset.style;
      });
    else app.replaceChildren();
    if (document.getElementById('boot')) parsed.disconnect();
  });
  if (texts && document.readyState === 'loading')
    parsed.observe(document, { childList: true, subtree: true });
  function fail(reason, detail) {
    var boot = document.getElementById('boot');
    // One failure leads to others: the first is the one.
    if (!boot || boot.classList.contains('failed')) return;
    boot.classList.add('failed');
    document.getElementById('app').replaceChildren();
    boot.querySelectorAll('[data-reason]').forEach(function (line) {
      line.hidden = line.dataset.reason !== reason;
      if (detail && (reason === 'script' || reason === 'error')) line.append(' (' + detail + ')');
    });
  }
  function place(otherwise) {
    if (location.protocol === 'file:') return 'file';
    return self.origin === 'null' ? 'frame' : otherwise;
  }
  addEventListener('securitypolicyviolation', function (event) {
    if (/^script-src/.test(event.effectiveDirective)) fail(place('policy'), event.blockedURI);
  });
  addEventListener(
    'error',
    function (event) {
      var target = event.target;
      if (target && target.tagName === 'SCRIPT') fail(place('script'), target.src);
      else if (target === window) fail(place('error'), event.message);
    },
    true,
  );
  addEventListener('unhandledrejection', function (event) {
    fail(place('error'), String(event.reason));
  });
})();
