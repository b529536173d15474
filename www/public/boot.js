// Says why the page does not start, where it does not: what stands in #boot is hidden until then, and gone when the page is there.
// A classic script, so that it runs where modules may not.
(function () {
  function fail(reason, detail) {
    var boot = document.getElementById('boot');
    // One failure leads to others: the first is the one.
    if (!boot || boot.classList.contains('failed')) return;
    boot.classList.add('failed');
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
