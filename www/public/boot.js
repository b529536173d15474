// Says why the page does not start, where it does not: what stands in #boot is hidden until then, and gone when the page is there.
// A classic script, so that it runs where modules may not.
(function () {
  function fail(reason, detail) {
    var boot = document.getElementById('boot');
    if (!boot) return;
    boot.classList.add('failed');
    boot.querySelectorAll('[data-reason="' + reason + '"]').forEach(function (line) {
      line.classList.add('found');
      if (detail) line.append(' (' + detail + ')');
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
      var source = event.target && (event.target.src || event.target.href);
      if (source) fail(place('script'), source);
      else fail('error', event.message);
    },
    true,
  );
  addEventListener('unhandledrejection', function (event) {
    fail(place('error'), String(event.reason));
  });
})();
