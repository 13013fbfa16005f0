# Installs Auto 2FA for the current user on Windows: its own virtual environment, the host in every browser found.
#   powershell -ExecutionPolicy Bypass -File installers\windows.ps1
$ErrorActionPreference = "Stop"
$root = Split-Path -Parent $PSScriptRoot
$data = Join-Path $env:LOCALAPPDATA "auto2fa"
$venv = Join-Path $data "venv"
$command = Join-Path $venv "Scripts\auto2fa.exe"

function Invoke-Step([string] $What, [scriptblock] $Step) {
  Write-Host $What
  & $Step
  if ($LASTEXITCODE -ne 0) { throw "$What did not work (exit code $LASTEXITCODE)." }
}

$python = Get-Command py, python -ErrorAction SilentlyContinue | Select-Object -First 1
if (-not $python) { throw "Python 3.11 or newer is needed: winget install Python.Python.3.13" }
& $python.Source -c "import sys; sys.exit(sys.version_info < (3, 11))"
if ($LASTEXITCODE -ne 0) { throw "Python 3.11 or newer is needed: winget install Python.Python.3.13" }

if (-not (Test-Path (Join-Path $venv "Scripts\python.exe"))) {
  Invoke-Step "Making a virtual environment in $venv" { & $python.Source -m venv $venv }
}
Invoke-Step "Installing the Python packages" {
  & (Join-Path $venv "Scripts\python.exe") -m pip install --disable-pip-version-check -q $root
}
Invoke-Step "Registering the host" { & $command install }
foreach ($family in "chromium", "firefox") {
  Invoke-Step "Writing the extension for $family" {
    & $command extension --browser $family --out (Join-Path $data "extension\$family")
  }
}

Write-Host @"

The program is installed. Two steps remain, in your browser:
  Chrome, Edge, Brave: open chrome://extensions, switch on "Developer mode", choose "Load unpacked",
                       then the folder $data\extension\chromium
  Firefox:             open about:debugging#/runtime/this-firefox, "Load Temporary Add-on",
                       then $data\extension\firefox\manifest.json
If something does not work: & "$command" doctor
"@
