// Sets the colours that this browser chose, before anything is painted. Without a choice the system's hold.
try {
  var chosen = localStorage.getItem('touchstone-theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage may be forbidden; the system's colours are as good.
}
