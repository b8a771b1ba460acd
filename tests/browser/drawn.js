// Streamlit says that the script has ended before what it loads late is there: tables, letters, and our own
// styles. What slides into its place is not there either, and what was pressed is asked for a moment after:
// so it must stay drawn for some pictures on end, counted for each question anew.
question => {
    const { scriptRuns: runs } = globalThis;
    const drawn = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
        && !runs.asked && runs.ended
        && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
        && !document.querySelector('[data-testid="stSkeleton"]')
        && document.fonts.status === 'loaded'
        && !document.getAnimations().some(one =>
            one.playState === 'running' && one.effect.getComputedTiming().endTime < Infinity)
        && [...document.querySelectorAll('style')].some(e => e.textContent.includes('.st-key-record_card'));
    if (!drawn || runs.question !== question) Object.assign(runs, { question, calm: 0 });
    return drawn && ++runs.calm > 3;
}
