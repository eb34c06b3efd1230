/// How `report.html` looks: the administration page's colours, light and dark, narrow and printed.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--ground:light-dark(#f4f6f4,#0e1413);--surface:light-dark(#fff,#161e1c);\
    --line:light-dark(#d9e0dc,#2b3734);--ink:light-dark(#17211f,#e4ebe8);--soft:light-dark(#4d5b57,#a3b2ad);\
    --good:light-dark(#11706d,#5fbdb4);--bad:light-dark(#ad4409,#f19a63);--fair:light-dark(#7a5c00,#dcc06a);\
    --warm:light-dark(#fbeee5,#37211a);font:16px/1.5 system-ui,sans-serif}
    *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font-variant-numeric:tabular-nums}
    main{max-width:68rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:0 0 .6rem}
    h3{font-size:1rem;margin:1.2rem 0 .3rem}section{background:var(--surface);border:1px solid var(--line);\
    border-radius:10px;padding:1rem;margin-top:1rem}.soft,caption,figcaption{color:var(--soft);font-size:.86rem}
    .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}caption{text-align:left;padding:.2rem 0}
    th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
    th[scope=row]{font-weight:500}td{overflow-wrap:anywhere;min-width:4.5rem}.flagged{background:var(--warm);border-color:var(--bad)}
    .threats{list-style:none;padding:0}.threats li{padding:.4rem 0}.light{display:inline-block;min-width:4rem;\
    text-align:center;border:1px solid currentColor;border-radius:6px;margin-right:.6rem;font-size:.86rem;font-weight:650}
    li,p{overflow-wrap:anywhere}.good{color:var(--good)}.fair{color:var(--fair)}.bad{color:var(--bad)}.example{display:flex;flex-wrap:wrap;gap:.8rem;\
    align-items:flex-start;border-top:1px solid var(--line);padding:.8rem 0}.example p{margin:0;flex-basis:100%}
    summary{cursor:pointer;padding:.4rem 0;font-weight:500}figure{margin:0}.example figure{width:9rem}.example img{width:100%;height:auto;image-rendering:pixelated}
    .chart{margin:.5rem 0 1.2rem}svg{max-width:40rem;width:100%;height:auto;display:block}.line{fill:none;stroke-width:2}
    .grid{stroke:var(--line);fill:none}.tick{fill:var(--soft);font-size:11px}.middle{text-anchor:middle}.end{text-anchor:end}
    .key{display:inline-block;margin-right:1rem}.key::before{content:"";display:inline-block;width:1.4rem;height:.2rem;\
    margin-right:.4rem;vertical-align:middle;background:var(--c)}path.line{stroke:var(--c)}.dot{fill:var(--c)}
    .s0{--c:light-dark(#0b6462,#6cc9c0)}.s1{--c:light-dark(#ad4409,#f19a63)}.s2{--c:light-dark(#5b4bb5,#a99cf0)}\
    .s3{--c:light-dark(#8a6d00,#dcc06a)}.s4{--c:light-dark(#a0266f,#ee8cc4)}.s5{--c:light-dark(#2f6fb0,#85bdf3)}\
    .s6{--c:light-dark(#4d7a1f,#a6d273)}.s7{--c:light-dark(#5f5f5f,#b5b5b5)}
    @media print{section{break-inside:avoid;border:none}body{background:#fff}}
    """
}
